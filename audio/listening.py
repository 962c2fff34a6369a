"""A file as it passes by: its levels by the millisecond, and how late its tones are; at most a breath of it is kept."""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio.captions import CuePoint
from audio.cues import breath
from audio.mix import middle
from audio.sound import SAMPLES_PER_MS, Mono, Samples

LOOK_MS = 400
"""How far beside its place a tone or a word is looked for."""
LAGS = range(-LOOK_MS, LOOK_MS + 1, 10)
Levels = npt.NDArray[np.float32]
Phases = tuple[int, int, int]


class Listener:
    """Hears a file piece by piece; `levels` and `steps` hold the highest sample and step of each whole millisecond."""

    def __init__(self, cues: Iterable[CuePoint]) -> None:
        self._levels: list[Levels] = []
        self._steps: list[Levels] = []
        self._before: Mono = np.empty(0, np.float32)
        self._rest: Mono = np.empty(0, np.float32)
        self._breaths = deque(_breaths(cues))
        self._kept: Mono = np.empty(0, np.float32)
        self._kept_from = 0
        self._lags: list[int] = []

    def add(self, piece: Samples) -> None:
        """Hear the next piece, shape (frames, channels)."""
        sound = middle(piece) if piece.shape[1] > 1 else piece[:, 0]
        self._measure(np.concatenate([self._rest, sound]))
        if self._breaths:
            self._follow(np.concatenate([self._kept, sound]))

    @property
    def levels(self) -> Levels:
        """The highest amplitude of each millisecond."""
        return np.concatenate([np.empty(0, np.float32), *self._levels])

    @property
    def steps(self) -> Levels:
        """The highest step from one sample to the next of each millisecond."""
        return np.concatenate([np.empty(0, np.float32), *self._steps])

    def lag_of_tones(self) -> int:
        """Return by how many ms the tones are heard after their cues, in the middle; to be asked at the end."""
        while self._breaths:
            self._lags.append(self._lag(*self._breaths.popleft()))
        return int(np.median(self._lags or [0]))

    def _measure(self, sound: Mono) -> None:
        whole = len(sound) // SAMPLES_PER_MS * SAMPLES_PER_MS
        block, self._rest = sound[:whole], sound[whole:]
        if whole:
            before = self._before if len(self._before) else block[:1]
            self._levels.append(_per_ms(np.abs(block)))
            self._steps.append(_per_ms(np.abs(np.diff(block, prepend=before))))
            self._before = block[-1:]

    def _follow(self, kept: Mono) -> None:
        """Compare each breath that has passed by with its tone, and forget what no later one needs."""
        self._kept = kept
        heard_to = self._kept_from + len(kept)
        while self._breaths and _until(*self._breaths[0]) <= heard_to:
            self._lags.append(self._lag(*self._breaths.popleft()))
        next_from = (self._breaths[0][0] - LOOK_MS) * SAMPLES_PER_MS if self._breaths else heard_to
        forgotten = min(max(next_from - self._kept_from, 0), len(kept))
        self._kept, self._kept_from = kept[forgotten:], self._kept_from + forgotten

    def _lag(self, at_ms: int, phases: Phases) -> int:
        tone = breath(*phases)

        def likeness(lag: int) -> float:
            start = (at_ms + lag) * SAMPLES_PER_MS - self._kept_from
            heard = self._kept[max(start, 0) : max(start + len(tone), 0)]
            return float(heard @ tone[len(tone) - len(heard) :] if start < 0 else heard @ tone[: len(heard)])

        return max(LAGS, key=likeness)


def _until(at_ms: int, phases: Phases) -> int:
    return (at_ms + sum(phases) + LOOK_MS) * SAMPLES_PER_MS


def _per_ms(samples: Mono) -> Levels:
    """Return the highest of each millisecond; `reduceat` is six times as fast as the maximum of rows."""
    return np.maximum.reduceat(samples, np.arange(0, len(samples), SAMPLES_PER_MS))


def _breaths(cues: Iterable[CuePoint]) -> Iterator[tuple[int, Phases]]:
    """Yield where each breath begins, and its in-breath, hold and out-breath in ms."""
    at_ms, phases = 0, {"inhale": 0, "hold": 0}
    for cue in cues:
        length_ms = round(cue.dur * 1000)
        if cue.kind == "inhale":
            at_ms, phases = round(cue.t * 1000), {"inhale": length_ms, "hold": 0}
        elif cue.kind == "hold":
            phases["hold"] = length_ms
        elif cue.kind == "exhale":
            yield at_ms, (phases["inhale"], phases["hold"], length_ms)
