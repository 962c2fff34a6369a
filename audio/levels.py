"""Sound as an engineer looks at it, ten times a second: its edges and its loudness, in memory that a step fits into."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyebur128
from msgspec import Struct

from audio.master import Meter
from audio.sound import RATE, SAMPLES_PER_MS, Mono, Samples

STEP_MS = 100
"""How often loudness is read: BS.1770's own step."""
EDGE_MS = 50
LOWEST_LUFS = -70.0
_STEP = STEP_MS * SAMPLES_PER_MS


class Levels(Struct, frozen=True, kw_only=True):
    """A stereo sound's levels: `low` and `high` are its edges every 50 ms, the loudness curves stand every 100 ms.

    `momentary` looks back 400 ms and `short_term` 3 s (EBU Tech 3341), in LUFS, at least -70; `integrated` and
    `true_peak_db` are those of the whole.
    """

    low: Mono
    high: Mono
    momentary: Mono
    short_term: Mono
    integrated: float
    true_peak_db: float


def levels(pieces: Iterable[Samples]) -> Levels:
    """Measure sound that passes by in pieces, shape (frames, 2); what is shorter than a step counts as one."""
    meter = Meter(2)
    state = pyebur128.R128State(2, RATE, pyebur128.MeasurementMode.MODE_S)
    edges: list[Samples] = []
    curves: list[tuple[float, float]] = []
    for step in _steps(pieces, meter):
        state.add_frames(np.ascontiguousarray(step).reshape(-1), len(step))
        curves.append((pyebur128.get_loudness_momentary(state), pyebur128.get_loudness_shortterm(state)))
        edges.append(_edges(step))
    low, high = np.concatenate([np.empty((2, 0), np.float32), *edges], axis=1)
    momentary, short_term = np.maximum(np.array(curves, np.float32).reshape(-1, 2).T, LOWEST_LUFS)
    return Levels(
        low=low,
        high=high,
        momentary=momentary,
        short_term=short_term,
        integrated=meter.lufs,
        true_peak_db=meter.true_peak_db,
    )


def _steps(pieces: Iterable[Samples], meter: Meter) -> Iterator[Samples]:
    """Yield steps of 100 ms, the last one as long as it is; the meter hears the pieces as they come."""
    rest = np.empty((0, 2), np.float32)
    for piece in pieces:
        meter.add(piece)
        rest = np.concatenate([rest, piece])
        whole = len(rest) // _STEP * _STEP
        yield from rest[:whole].reshape(-1, _STEP, 2)
        rest = rest[whole:]
    if len(rest):
        yield rest


def _edges(step: Samples) -> Samples:
    """Return the lowest and highest sample of each 50 ms, shape (2, 1 or 2)."""
    starts = np.arange(0, len(step), EDGE_MS * SAMPLES_PER_MS)
    sides = np.minimum.reduceat(step, starts).min(axis=1), np.maximum.reduceat(step, starts).max(axis=1)
    return np.stack(sides)
