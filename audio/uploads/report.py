from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from audio.uploads.hearing import HOP_MS, Heard, duration_ms
from audio.uploads.reading import Told
from audio.uploads.speech import Span, floor_db

MOST_CLIPPED_RUNS = 20
LOUDEST_FLOOR_DB = -50.0
QUIETEST_LUFS = -35.0
LENGTH_TOLERANCE = 0.02
"""The bounds above which a recording is taken and warned of (audio.md, Uploads)."""


class Concern(Struct, frozen=True, kw_only=True):
    """Something to know before the recording is given to anybody: a stable code and a sentence."""

    code: str
    sentence: str


class Report(Struct, frozen=True, kw_only=True):
    """A recording as it came, in figures; `lufs` as two ears hear it, the floor and the ratio behind the high-pass."""

    duration_ms: int
    declared_ms: int | None
    lufs: float
    true_peak_db: float
    clipped_runs: int
    noise_floor_db: float
    snr_db: float
    dc_offset: float
    speech_ratio: float
    lead_ms: int
    tail_ms: int
    warnings: tuple[Concern, ...]


def reported(heard: Heard, told: Told, speech: tuple[Span, ...]) -> Report:
    """Put together what is told to who recorded; without speech there is no lead, no tail and no ratio."""
    length_ms = duration_ms(heard.frames)
    floor = floor_db(heard.levels)
    return Report(
        duration_ms=length_ms,
        declared_ms=told.declared_ms,
        lufs=round(heard.lufs, 1),
        true_peak_db=round(heard.true_peak_db, 1),
        clipped_runs=told.clipped_runs,
        noise_floor_db=round(floor, 1),
        snr_db=round(_voice_db(heard, speech) - floor, 1) if speech else 0.0,
        dc_offset=round(heard.dc_offset, 4),
        speech_ratio=round(sum(span.length_ms for span in speech) / length_ms, 3),
        lead_ms=speech[0].start_ms if speech else 0,
        tail_ms=max(0, length_ms - speech[-1].end_ms) if speech else 0,
        warnings=tuple(_concerns(heard, told, speech, floor)),
    )


def _voice_db(heard: Heard, speech: tuple[Span, ...]) -> float:
    spoken = np.concatenate([heard.levels[span.start_ms // HOP_MS : span.end_ms // HOP_MS] for span in speech])
    return float(10 * np.log10(np.mean(10 ** (spoken / 10))))


def _concerns(heard: Heard, told: Told, speech: tuple[Span, ...], floor: float) -> Iterator[Concern]:
    length_ms = duration_ms(heard.frames)
    if told.clipped_runs > MOST_CLIPPED_RUNS:
        yield Concern(code="clipped", sentence="It was recorded too loud and is distorted; turn the level down.")
    if floor > LOUDEST_FLOOR_DB:
        yield Concern(code="noisy", sentence="There is much noise behind the voice; record in a quieter room.")
    if heard.lufs < QUIETEST_LUFS:
        yield Concern(code="quiet", sentence="It was recorded very quietly; come closer or turn the level up.")
    if told.declared_ms is not None and abs(told.declared_ms - length_ms) > LENGTH_TOLERANCE * length_ms:
        yield Concern(code="length_differs", sentence="It is not as long as the file says; listen to the end of it.")
    if not speech:
        yield Concern(code="no_speech", sentence="No speech was recognised; listen to it before anybody else does.")
