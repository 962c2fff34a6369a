"""Narration as it is committed: one Opus file per sentence and one index per voice. Needs no speech engine."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from audio.described import Origin, read_voices
from audio.encode import decoded
from audio.phrases import normalised
from audio.sound import SAMPLES_PER_MS, Mono
from audio.voices import Clip, MissingNarrationError

NARRATION = Path(__file__).parents[1] / "narration"
INDEX = "index.jsonl"
# A clip may reach from one window of a mix into the next; whole programmes are longer than any cache worth its memory.
_KEPT_CLIPS = 8


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an index: a sentence and its clip."""

    text: str
    clip: Clip


class NarrationError(ValueError):
    """Committed narration that contradicts itself; the message names the file."""


class Recorded:
    """A voice that was recorded before, read from its folder `<narration>/<voice>`."""

    def __init__(self, voice: str, narration: Path = NARRATION) -> None:
        self.voice = voice
        self._folder = narration / voice
        self._clips = {text: entry.clip for text, entry in read_index(self._folder).items()}
        self._sound = lru_cache(maxsize=_KEPT_CLIPS)(self._read)

    @cached_property
    def origin(self) -> Origin:
        """With what it was made, as `voices.toml` says.

        Raises:
            NarrationError: it is not described there.
        """
        try:
            return read_voices(self._folder.parent)[self.voice].origin
        except KeyError:
            raise NarrationError(f"voices.toml does not describe {self.voice}.") from None

    def clip(self, text: str) -> Clip:
        """Return the record of a sentence.

        Raises:
            MissingNarrationError: nobody has recorded it.
        """
        try:
            return self._clips[normalised(text)]
        except KeyError:
            raise MissingNarrationError(self.voice, text) from None

    def samples(self, text: str) -> Mono:
        """Return the sound of a sentence.

        Raises:
            MissingNarrationError: nobody has recorded it.
            NarrationError: its file is gone or has another length than the index says.
        """
        return self._sound(self.clip(text))

    def _read(self, clip: Clip) -> Mono:
        path = clip_path(self._folder, clip.digest)
        if not path.exists():
            raise NarrationError(f"{path} is in the index and not on disk.")
        sound = np.concatenate(list(decoded(path)))[:, 0]
        if len(sound) != clip.duration_ms * SAMPLES_PER_MS:
            raise NarrationError(f"{path} has another length than its index says.")
        return sound


def clip_path(folder: Path, digest: str) -> Path:
    """Return where a clip lies."""
    return folder / f"{digest}.opus"


def read_index(folder: Path) -> Mapping[str, Entry]:
    """Return a voice's entries by text; a voice without an index has none.

    Raises:
        NarrationError: the index is not what it should be.
    """
    path = folder / INDEX
    if not path.exists():
        return {}
    try:
        entries = msgspec.json.Decoder(Entry).decode_lines(path.read_bytes())
    except msgspec.DecodeError as error:
        raise NarrationError(f"{path}: {error}.") from error
    return {entry.text: entry for entry in entries}
