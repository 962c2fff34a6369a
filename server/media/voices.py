"""Which voices speak which language."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import audio

Voices = Mapping[str, tuple[str, ...]]
"""The voices of each language, the one to offer first in front."""
_NARRATION = Path(audio.__file__).parent / "narration"


def recorded_voices(narration: Path = _NARRATION) -> Voices:
    """Return the voices of `voices.toml` that have committed clips, by language without its region, in its order."""
    described = tomllib.loads((narration / "voices.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for voice, facts in described.items():
        if (narration / voice / "index.jsonl").is_file():
            language = facts["language"].partition("-")[0]
            found[language] = (*found.get(language, ()), voice)
    return found
