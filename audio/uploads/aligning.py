"""Captions for a recording: its sentences laid onto the stretches of speech, or in proportion where they do not fit."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from audio.phrases import sentences
from audio.timeline import Caption
from audio.uploads.speech import Span, pauses_ms

_MOST_SPANS = 60
"""A sentence is never spoken in more stretches than that; the search looks no further back."""
_MOST_STEPS = 2_000_000
_PAUSE_WEIGHT = 0.15
_LONGEST_PAUSE_MS = 4_000
_MOST_OFF = 2.2
_TYPICALLY_OFF = 1.35
"""How many times longer or shorter than its letters say one sentence, and half of the sentences, may be spoken."""
_Floats = npt.NDArray[np.float64]


def captions(lines: Sequence[str], speech: tuple[Span, ...], length_ms: int) -> tuple[tuple[Caption, ...], bool]:
    """Return a caption for each sentence, in order, and whether they stand where pauses say so.

    Where the pauses do not fit the script (too few of them, other words, a pause inside each sentence), sentences are
    spread over the speech in proportion to their letters.
    """
    said = [sentence for line in lines for sentence in sentences(line)]
    if not said:
        return (), False
    weights = np.array([_letters(sentence) for sentence in said], np.float64)
    if (places := _aligned(weights, speech)) is not None:
        return _captions(said, places), True
    return _captions(said, _in_proportion(weights, speech or (Span(start_ms=0, end_ms=length_ms),))), False


def _letters(sentence: str) -> int:
    """Return the letters and figures of a sentence, and one for each word: what its length in speech follows best."""
    return sum(map(str.isalnum, sentence)) + len(sentence.split())


def _captions(said: list[str], places: list[Span]) -> tuple[Caption, ...]:
    return tuple(
        Caption(at_ms=place.start_ms, until_ms=place.end_ms, text=text)
        for text, place in zip(said, places, strict=True)
    )


def _aligned(weights: _Floats, speech: tuple[Span, ...]) -> list[Span] | None:
    if len(speech) < len(weights) or len(weights) * len(speech) > _MOST_STEPS:
        return None
    lengths = np.array([span.length_ms for span in speech], np.float64)
    expected = weights / weights.sum() * lengths.sum()
    ends = _best_ends(expected, lengths, np.array([0, *pauses_ms(speech)], np.float64))
    groups = list(pairwise([0, *ends]))
    off = np.array([lengths[first:last].sum() for first, last in groups]) / expected
    far = np.maximum(off, 1 / off)
    if far.max() > _MOST_OFF or np.median(far) > _TYPICALLY_OFF:
        return None
    return [Span(start_ms=speech[first].start_ms, end_ms=speech[last - 1].end_ms) for first, last in groups]


def _best_ends(expected: _Floats, lengths: _Floats, pauses: _Floats) -> list[int]:
    """Return behind which stretch each sentence ends: dynamic programming over (sentence, stretch).

    A sentence costs the square of the logarithm of how far off its length is; a long pause before it is worth
    something.
    """
    count = len(lengths)
    sizes = range(1, min(_MOST_SPANS, count) + 1)
    until = np.concatenate([[0.0], np.cumsum(lengths)])
    logs = [np.log(until[size:] - until[:-size]) for size in sizes]
    worth = _PAUSE_WEIGHT * np.log1p(np.minimum([*pauses, 0.0], _LONGEST_PAUSE_MS) / 100)
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    steps = []
    for length in np.log(expected):
        costs = np.full((len(sizes), count + 1), np.inf)
        for size in sizes:
            costs[size - 1, size:] = (best - worth)[:-size] + (logs[size - 1] - length) ** 2
        steps.append(np.arange(count + 1) - costs.argmin(axis=0) - 1)
        best = costs.min(axis=0)
    ends = [count]
    for step in reversed(steps[1:]):
        ends.append(int(step[ends[-1]]))
    return ends[::-1]


def _in_proportion(weights: _Floats, speech: tuple[Span, ...]) -> list[Span]:
    """Return places whose share of the speech is their share of the letters; pauses are nobody's share."""
    lengths = [span.length_ms for span in speech]
    passed = np.array([0, *accumulate(lengths)], np.float64)
    marks = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum() * passed[-1]
    starts = [_clock(mark, passed, speech, "right") for mark in marks[:-1]]
    ends = [_clock(mark, passed, speech, "left") for mark in marks[1:]]
    return [Span(start_ms=start, end_ms=end) for start, end in zip(starts, ends, strict=True)]


def _clock(mark: float, passed: _Floats, speech: tuple[Span, ...], side: str) -> int:
    """Return when so many milliseconds of speech have passed: at a pause before it (left) or behind it (right)."""
    index = int(np.searchsorted(passed, mark, "right" if side == "right" else "left")) - 1
    index = min(max(index, 0), len(speech) - 1)
    return round(float(speech[index].start_ms + mark - passed[index]))
