"""From a programme to the files that are delivered."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from msgspec import Struct

from audio.captions import CuePoint, cue_sheet, webvtt
from audio.delivered import Missed, RenderedFile, measured, missed
from audio.encode import CODECS, Encoder, Heading
from audio.master import PEAK_BEFORE_DB, TARGET_LUFS, sixteen_bits
from audio.mix import Mix, middle
from audio.timeline import Mark, Programme, clip_texts, layout
from audio.voices import Narrator

RENDER_VERSION = 2
"""Raise it when beds, cues, mix or master sound different: every recipe changes with it, so everything is made anew."""
ENCODED_LOSS_LU = 0.2
"""How much quieter the codecs leave a programme, on average: AAC 0.1 to 0.5, Opus 0.0 to 0.2 (measured)."""
ADJUSTMENTS = 3
CLIP_CEILING_DB = PEAK_BEFORE_DB - 1.5
"""Clips stay 1.5 dB lower, because the bed and a tone are added to them."""

Progress = Callable[[float], None]


class Rendered(Struct, frozen=True, kw_only=True):
    """A programme as delivered: files and the sidecars of the same timeline."""

    duration_ms: int
    files: tuple[RenderedFile, ...]
    captions: str
    cues: tuple[CuePoint, ...]
    chapters: tuple[Mark, ...]


class RenderError(RuntimeError):
    """A render that misses its figures even after it was adjusted; the message says by how much."""


def recipe(programme: Programme, narrator: Narrator) -> str:
    """Return the hash (64 hex digits) of what decides the bytes: words, places, clips, codecs, render version.

    Raises:
        MissingNarrationError: a sentence has no clip.
        ProgrammeError: the programme cannot be laid out.
    """
    timeline = layout(programme, lambda text: narrator.clip(text).duration_ms)
    clips = [narrator.clip(text).digest for text in clip_texts(programme)]
    parts = msgspec.json.encode([RENDER_VERSION, programme, timeline, clips, CODECS], order="sorted")
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

    def attempt(gain_db: float, ceiling_db: float) -> tuple[RenderedFile, ...]:
        mix = Mix(timeline, narrator, gain_db=gain_db, ceiling_db=ceiling_db)
        return _write(mix, heading, into, progress)

    gain_db = TARGET_LUFS + ENCODED_LOSS_LU - Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB).loudness()
    ceiling_db = CLIP_CEILING_DB
    files = attempt(gain_db, ceiling_db)
    misses = _misses(files, timeline.duration_ms)
    for _ in range(ADJUSTMENTS):
        if not any(misses):
            break
        gain_db += sum(miss.loudness_lu for miss in misses) / len(misses)
        over_db = max(miss.peak_db for miss in misses)
        # A codec overshoots a little differently each time: what was just enough is sometimes not.
        ceiling_db -= over_db and over_db + 0.3
        files = attempt(gain_db, ceiling_db)
        misses = _misses(files, timeline.duration_ms)
    if any(misses):
        raise RenderError("; ".join(f"{file.codec} misses: {miss}" for file, miss in zip(files, misses, strict=True)))
    return Rendered(
        duration_ms=timeline.duration_ms,
        files=files,
        captions=webvtt(timeline),
        cues=cue_sheet(timeline),
        chapters=timeline.marks,
    )


def _misses(files: tuple[RenderedFile, ...], duration_ms: int) -> list[Missed]:
    return [missed(file, codec, duration_ms) for file, codec in zip(files, CODECS, strict=True)]


def _write(mix: Mix, heading: Heading, into: Path, progress: Progress | None) -> tuple[RenderedFile, ...]:
    paths = [into / f"programme{codec.suffix}" for codec in CODECS]
    encoders = [Encoder(codec, path, heading) for codec, path in zip(CODECS, paths, strict=True)]
    try:
        for index in range(mix.windows):
            window = mix.window(index)
            pcm = {2: sixteen_bits(window), 1: sixteen_bits(middle(window))}
            for encoder in encoders:
                encoder.put(pcm[encoder.channels])
            if progress:
                progress((index + 1) / mix.windows)
    finally:
        for encoder in encoders:
            encoder.finish()
    with ThreadPoolExecutor(len(CODECS)) as pool:
        return tuple(pool.map(measured, paths, CODECS))
