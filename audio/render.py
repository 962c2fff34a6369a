"""From a programme to the files that are delivered."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from audio.adjust import adjusted
from audio.captions import CuePoint, cue_sheet, webvtt
from audio.delivered import RenderedFile
from audio.described import Origin
from audio.encode import CODECS, Heading
from audio.master import PEAK_BEFORE_DB
from audio.mix import Mix
from audio.sound import Stereo
from audio.timeline import Mark, Programme, clip_texts, layout
from audio.voices import Narrator

RENDER_VERSION = 2
"""Raise it when beds, cues, mix or master sound different: every recipe changes with it, so everything is made anew."""
CLIP_CEILING_DB = PEAK_BEFORE_DB - 1.5
"""Clips stay 1.5 dB lower, because the bed and a tone are added to them."""

Progress = Callable[[float], None]


class Rendered(Struct, frozen=True, kw_only=True):
    """A programme as delivered: files and the sidecars of the same timeline."""

    origin: Origin
    duration_ms: int
    files: tuple[RenderedFile, ...]
    captions: str
    cues: tuple[CuePoint, ...]
    chapters: tuple[Mark, ...]


def recipe(programme: Programme, narrator: Narrator) -> str:
    """Return the hash (64 hex digits) of what decides bytes and record: words, places, clips, codecs, origin, version.

    Raises:
        MissingNarrationError: a sentence has no clip.
        ProgrammeError: the programme cannot be laid out.
    """
    timeline = layout(programme, lambda text: narrator.clip(text).duration_ms)
    clips = [narrator.clip(text).digest for text in clip_texts(programme)]
    parts = msgspec.json.encode([RENDER_VERSION, programme, timeline, clips, CODECS, narrator.origin], order="sorted")
    return hashlib.sha256(parts).hexdigest()


def render(programme: Programme, narrator: Narrator, into: Path, progress: Progress | None = None) -> Rendered:
    """Write the programme's files into an existing folder and measure them; `progress` hears shares from 0 to 1.

    Raises:
        MissingNarrationError: a sentence has no clip.
        ProgrammeError: the programme cannot be laid out.
        RenderError: loudness, peak or length still miss after three adjustments.
    """
    timeline = layout(programme, lambda text: narrator.clip(text).duration_ms)
    heading = Heading(
        title=programme.title, language=programme.language, duration_ms=timeline.duration_ms, marks=timeline.marks
    )

    def windows(gain_db: float, ceiling_db: float) -> Iterator[Stereo]:
        mix = Mix(timeline, narrator, gain_db=gain_db, ceiling_db=ceiling_db)
        for index in range(mix.windows):
            yield mix.window(index)
            if progress:
                progress((index + 1) / mix.windows)

    unchanged = Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB)
    files = adjusted(windows, heading, into, lufs=unchanged.loudness(), ceiling_db=CLIP_CEILING_DB)
    return Rendered(
        origin=narrator.origin,
        duration_ms=timeline.duration_ms,
        files=files,
        captions=webvtt(timeline),
        cues=cue_sheet(timeline),
        chapters=timeline.marks,
    )
