"""Where somebody speaks, by level alone: good enough for pauses, edges and captions of a calm voice."""

from itertools import pairwise

import numpy as np
from msgspec import Struct

from audio.uploads.hearing import HOP_MS, Levels

_FLOOR_PERCENT = 10
_VOICE_PERCENT = 99
_LEAST_DYNAMICS_DB = 12.0
"""Between pauses and words of a recorded voice there are 20 to 60 dB; noise alone varies by less than this."""
_ABOVE_FLOOR_DB = 8.0
_BELOW_VOICE_DB = 30.0
_SHORTEST_PAUSE_MS = 200
_SHORTEST_SOUND_MS = 80


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of speech between two pauses."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


def floor_db(levels: Levels) -> float:
    """Return the level of the quietest tenth: what is heard while nobody speaks."""
    return float(np.percentile(levels, _FLOOR_PERCENT))


def spans(levels: Levels) -> tuple[Span, ...]:
    """Return the stretches of speech in order; none when the level hardly moves."""
    floor, voice = floor_db(levels), float(np.percentile(levels, _VOICE_PERCENT))
    if voice - floor < _LEAST_DYNAMICS_DB:
        return ()
    loud = levels > max(floor + _ABOVE_FLOOR_DB, voice - _BELOW_VOICE_DB)
    edges = np.flatnonzero(np.diff(loud, prepend=False, append=False)) * HOP_MS
    found = [Span(start_ms=int(start), end_ms=int(end)) for start, end in edges.reshape(-1, 2)]
    return tuple(span for span in _joined(found) if span.length_ms >= _SHORTEST_SOUND_MS)


def pauses_ms(speech: tuple[Span, ...]) -> tuple[int, ...]:
    """Return the length of the pause after each stretch but the last."""
    return tuple(later.start_ms - earlier.end_ms for earlier, later in pairwise(speech))


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in found:
        if joined and span.start_ms - joined[-1].end_ms < _SHORTEST_PAUSE_MS:
            joined[-1] = Span(start_ms=joined[-1].start_ms, end_ms=span.end_ms)
        else:
            joined.append(span)
    return joined
