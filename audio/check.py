"""A rendition listened to: each file is decoded and held against its record and the sidecars of its timeline."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from audio.captions import CuePoint, read_webvtt
from audio.cues import BELL_SOUND_MS
from audio.delivered import RenderedFile, measured, missed
from audio.encode import CODECS
from audio.listening import LAGS, Levels, Listener

NEAR_MS = 50
"""How far captions and cues may be from what is heard (`audio.md`, `promises.md`)."""
CLICK = 0.02
"""The highest step between two samples where nobody speaks: beds and tones stay below a third of it."""
_QUIETER_DB = -10.0
_FRAY_MS = 200
Mask = npt.NDArray[np.bool_]


class Sidecars(Struct, frozen=True, kw_only=True):
    """What is told beside the sound: the length, WebVTT captions, and the cue sheet."""

    duration_ms: int
    captions: str
    cues: tuple[CuePoint, ...]


def faults(path: Path, record: RenderedFile, told: Sidecars) -> Iterator[str]:
    """Yield a sentence for each promise that a file breaks; it is read no further when its bytes are others."""
    if not path.is_file():
        yield "The file is missing."
        return
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if (digest, path.stat().st_size) != (record.sha256, record.bytes):
        yield "Its bytes are not those of its record."
        return
    codec = next(codec for codec in CODECS if codec.name == record.codec)
    listener = Listener(told.cues)
    found = measured(path, codec, listener.add)
    off = missed(found, codec, told.duration_ms)
    if off.length_ms:
        yield f"It is {off.length_ms} ms longer than told."
        return
    if off:
        yield f"It misses its level: {off.loudness_lu:+.1f} LU, {off.peak_db:.1f} dB over the peak."
    yield from _heard(listener, told)


def _heard(listener: Listener, told: Sidecars) -> Iterator[str]:
    spans, tones = [(each.at_ms, each.until_ms) for each in read_webvtt(told.captions)], list(_tones(told.cues))
    levels, steps = listener.levels, listener.steps
    speech = _mask(len(levels), spans)
    if (click := float(steps[~_mask(len(levels), spans, NEAR_MS)].max(initial=0))) > CLICK:
        yield f"It clicks: a step of {click:.3f} where nobody speaks."
    if spans and (loudest := _loudest_pause(levels, speech, _mask(len(levels), [*spans, *tones], _FRAY_MS))) > 0:
        yield f"Something is heard where the script is silent, {loudest:.0f} dB too loud."
    if spans and abs(late := _lag_of_speech(levels, speech)) > NEAR_MS:
        yield f"The captions are {late} ms from the words."
    if tones and abs(late := listener.lag_of_tones()) > NEAR_MS:
        yield f"The cues are {late} ms from the tones."


def _loudest_pause(levels: Levels, speech: Mask, busy: Mask) -> float:
    """Return by how many dB the loudest tenth of a second of the pauses is above what it may be; below 0 when right."""
    tenths = levels[: len(levels) // 100 * 100].reshape(-1, 100)
    quiet = ~busy[: tenths.size].reshape(-1, 100).any(axis=1)
    if not quiet.any():
        return 0.0
    spoken = float(np.median(levels[speech]))
    return float(20 * np.log10(max(tenths[quiet].mean(axis=1).max(), 1e-9) / spoken) - _QUIETER_DB)


def _lag_of_speech(levels: Levels, speech: Mask) -> int:
    """Return by how many ms the words are heard after the captions say so, over all of them together."""
    loud = (levels > np.median(levels[speech]) / 2).astype(np.float32)
    return max(LAGS, key=lambda lag: (float(np.roll(loud, -lag) @ speech), -abs(lag)))


def _mask(length_ms: int, spans: Iterable[tuple[int, int]], around_ms: int = 0) -> Mask:
    mask = np.zeros(length_ms, np.bool_)
    for start_ms, end_ms in spans:
        mask[max(0, start_ms - around_ms) : end_ms + around_ms] = True
    return mask


def _tones(cues: Iterable[CuePoint]) -> Iterator[tuple[int, int]]:
    for cue in cues:
        start_ms = round(cue.t * 1000)
        yield start_ms, start_ms + (BELL_SOUND_MS if cue.kind == "bell" else round(cue.dur * 1000))
