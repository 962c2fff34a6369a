"""Which voices speak which language, and what each of them has said; no sound is read here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

import audio
from audio.described import read_voices

Voices = Mapping[str, tuple[str, ...]]
"""The voices of each language, the one to offer first in front."""
_NARRATION = Path(audio.__file__).parent / "narration"
_INDEX = "index.jsonl"
_log: structlog.stdlib.BoundLogger = structlog.get_logger("groundwork.media")


class _Clip(Struct, frozen=True, kw_only=True):
    duration_ms: int


class _Entry(Struct, frozen=True, kw_only=True):
    text: str
    clip: _Clip


def recorded_voices(narration: Path = _NARRATION) -> Voices:
    """Return the voices of `voices.toml` that have committed clips, by language without its region, in its order."""
    found: dict[str, tuple[str, ...]] = {}
    for voice, facts in read_voices(narration).items():
        if (narration / voice / _INDEX).is_file():
            language = facts.language.partition("-")[0]
            found[language] = (*found.get(language, ()), voice)
    return found


@cache
def recorded_sentences(voice: str, narration: Path = _NARRATION) -> Mapping[str, int]:
    """Return the milliseconds of each sentence a voice has recorded; of an index that cannot be read there are none."""
    path = narration / voice / _INDEX
    try:
        entries = msgspec.json.Decoder(_Entry).decode_lines(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        _log.error("narration unreadable", voice=voice, reason=type(error).__qualname__)
        return {}
    return {entry.text: entry.clip.duration_ms for entry in entries}
