"""What is known of every voice: with what its clips were made, and under which licence."""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct


class Origin(Struct, frozen=True, kw_only=True):
    """With what narration was made, and under which licence it may be passed on."""

    engine: Literal["kokoro", "pico"]
    model_sha256: str
    sha256: str
    licence: str


class Voice(Origin, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `voices.toml`; `sha256` is of the voice's own file, for Pico of the same data as the model's."""

    language: str
    speed: float

    @property
    def origin(self) -> Origin:
        """The part that every rendition's record has."""
        return Origin(engine=self.engine, model_sha256=self.model_sha256, sha256=self.sha256, licence=self.licence)


def read_voices(narration: Path) -> dict[str, Voice]:
    """Read `voices.toml` of a narration folder, in its order."""
    return msgspec.toml.decode((narration / "voices.toml").read_bytes(), type=dict[str, Voice])
