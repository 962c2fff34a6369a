"""From an engine's take to a clip: cut to fixed edges, one loudness, no peak above the ceiling, 48 kHz."""

import hashlib
from pathlib import Path

import numpy as np
from msgspec import Struct

from audio.encode import CLIP, decoded, encode
from audio.g2p import Spoken
from audio.master import limit, loudness, sixteen_bits
from audio.sound import RATE, SAMPLES_PER_MS, Mono, decibels, ramp, ratio, resampled
from audio.timeline import EDGE_MS
from audio.voices import Clip, Word
from audio.voices.kokoro import ENGINE_RATE, Take

POST_CHAIN_VERSION = 1
CLIP_LUFS = -21.0
CLIP_PEAK_DB = -4.5
_SILENCE_DB = -36.0
_KEEP_BEFORE_MS = 20
_KEEP_AFTER_MS = 25
_LOUDNESS_TOLERANCE_LU = 1.0
_PEAK_TOLERANCE_DB = 1.5
_GRID_LATE_MS = 75
"""The model's duration grid runs this much behind its sound (seen at pauses: 60 to 90 ms); word starts are +-30 ms."""
_SHORTEST_MS, _LONGEST_MS = 150, 20_000


class ClipError(ValueError):
    """A clip that came out wrong; the message says what was measured."""


class Finished(Struct, frozen=True, kw_only=True):
    """A clip's sound, whole milliseconds of it, and where its words are."""

    sound: Mono
    words: tuple[Word, ...]


def digest_of(*ingredients: str) -> str:
    """Return a clip's name, 24 hex digits of the hash of everything that made it."""
    parts = "\n".join((*ingredients, f"post-chain {POST_CHAIN_VERSION}", str(CLIP.options), str(EDGE_MS)))
    return hashlib.sha256(parts.encode()).hexdigest()[:24]


def finish(take: Take, words: tuple[Spoken, ...]) -> Finished:
    """Cut, level and limit a take.

    The ends are cut where the sound falls 36 dB below its peak, a little is kept so that soft consonants live, and
    30 ms of edge are made at both ends. Loudness is that of the clip said three times: one word is too short to gate.

    Raises:
        ClipError: there is nothing to hear.
    """
    sound = resampled(take.sound, ENGINE_RATE, RATE)
    first_ms, last_ms = _audible(sound)
    start_ms, end_ms = max(0, first_ms - _KEEP_BEFORE_MS), min(last_ms + _KEEP_AFTER_MS, len(sound) // SAMPLES_PER_MS)
    kept = sound[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS].copy()
    before, after = ramp(_KEEP_BEFORE_MS * SAMPLES_PER_MS), ramp(_KEEP_AFTER_MS * SAMPLES_PER_MS)[::-1]
    kept[: len(before)] *= before
    kept[-len(after) :] *= after
    lead, tail = ((EDGE_MS - keep) * SAMPLES_PER_MS for keep in (_KEEP_BEFORE_MS, _KEEP_AFTER_MS))
    edged = np.pad(kept, (lead, tail))
    if not np.isfinite(loudness(np.tile(edged, 3))):
        raise ClipError("It is too short or too quiet to be measured.")
    for _ in range(2):  # limiting takes a little loudness away; the second round gives it back
        edged = limit(edged * np.float32(ratio(CLIP_LUFS - loudness(np.tile(edged, 3)))), CLIP_PEAK_DB)
    shift_ms = EDGE_MS - _KEEP_BEFORE_MS - start_ms - _GRID_LATE_MS
    return Finished(sound=edged, words=_word_times(take, words, shift_ms, len(edged) // SAMPLES_PER_MS))


def write(finished: Finished, path: Path, digest: str) -> Clip:
    """Write a clip so that it is either whole or not there, and return its record, measured by decoding it.

    Raises:
        ClipError: what was decoded is not what was meant.
    """
    partial = path.with_suffix(".partial")
    encode(iter([sixteen_bits(finished.sound)]), CLIP, partial)
    sound = np.concatenate(list(decoded(partial)))[:, 0]
    clip = Clip(
        digest=digest,
        duration_ms=len(finished.sound) // SAMPLES_PER_MS,
        words=finished.words,
        lufs=round(loudness(np.tile(sound, 3)), 1),
        peak_db=round(decibels(float(np.abs(sound).max())), 1),
    )
    try:
        _verify(clip, len(sound))
    except ClipError:
        partial.unlink()
        raise
    partial.replace(path)
    return clip


def _verify(clip: Clip, frames: int) -> None:
    if frames != clip.duration_ms * SAMPLES_PER_MS:
        raise ClipError(f"{frames} frames were decoded and {clip.duration_ms} ms were meant.")
    if not _SHORTEST_MS <= clip.duration_ms <= _LONGEST_MS:
        raise ClipError(f"{clip.duration_ms} ms is no length for a sentence.")
    if abs(clip.lufs - CLIP_LUFS) > _LOUDNESS_TOLERANCE_LU:
        raise ClipError(f"It has {clip.lufs} LUFS and should have {CLIP_LUFS}.")
    if clip.peak_db > CLIP_PEAK_DB + _PEAK_TOLERANCE_DB:
        raise ClipError(f"It peaks at {clip.peak_db} dB.")


def _audible(sound: Mono) -> tuple[int, int]:
    steps = len(sound) // SAMPLES_PER_MS
    peaks = np.abs(sound[: steps * SAMPLES_PER_MS]).reshape(steps, SAMPLES_PER_MS).max(axis=1)
    loud = np.flatnonzero(peaks > peaks.max() * ratio(_SILENCE_DB))
    if not loud.size:
        raise ClipError("It is silent.")
    return int(loud[0]), int(loud[-1]) + 1


def _word_times(take: Take, words: tuple[Spoken, ...], shift_ms: int, length_ms: int) -> tuple[Word, ...]:
    ends = np.cumsum(take.phonemes_ms)
    times: list[Word] = []
    at = 0
    for word in words:
        letters = len(word.phonemes.rstrip(".,;:!?…—"))
        start_ms, end_ms = int(ends[at]) + shift_ms, int(ends[at + letters]) + shift_ms
        times.append(Word(text=word.text, start_ms=max(EDGE_MS, start_ms), end_ms=min(end_ms, length_ms - EDGE_MS)))
        at += len(word.phonemes) + 1
    return tuple(times)
