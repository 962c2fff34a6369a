"""Listening piece by piece: the same is heard however a file is cut, and memory does not grow with its length."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.captions import CuePoint
from audio.cues import breath
from audio.listening import Listener
from audio.sound import RATE, SAMPLES_PER_MS, Samples

IN_MS, OUT_MS = 400, 600
LATE_MS = 30


def cues_of(starts_ms: list[int]) -> tuple[CuePoint, ...]:
    return tuple(
        CuePoint(t=at_ms / 1000, kind=kind, dur=length_ms / 1000, haptic=haptic)
        for start_ms in starts_ms
        for at_ms, kind, length_ms, haptic in (
            (start_ms, "inhale", IN_MS, "rise"),
            (start_ms + IN_MS, "exhale", OUT_MS, "fall"),
        )
    )


def sound_of(starts_ms: list[int], length_ms: int) -> Samples:
    sound = np.random.default_rng(3).normal(0, 1e-3, length_ms * SAMPLES_PER_MS).astype(np.float32)
    tone = breath(IN_MS, 0, OUT_MS)
    for start_ms in starts_ms:
        at = (start_ms + LATE_MS) * SAMPLES_PER_MS
        sound[at : at + len(tone)] += tone[: max(len(sound) - at, 0)]
    return np.repeat(sound[:, None], 2, axis=1)


STARTS_MS = [0, 1_500, 2_600]
SOUND = sound_of(STARTS_MS, 4_000)


def heard(pieces: list[Samples]) -> Listener:
    listener = Listener(cues_of(STARTS_MS))
    for piece in pieces:
        listener.add(piece)
    return listener


WHOLE = heard([SOUND])


@given(st.lists(st.integers(1, len(SOUND) - 1), max_size=12))
def test_the_same_is_heard_however_it_is_cut(at: list[int]) -> None:
    cut = heard(np.split(SOUND, sorted(at)))
    assert (cut.levels == WHOLE.levels).all()
    assert (cut.steps == WHOLE.steps).all()
    assert cut.lag_of_tones() == WHOLE.lag_of_tones() == LATE_MS


def test_levels_and_steps_are_the_highest_of_each_whole_millisecond() -> None:
    mono = SOUND[:, 0]
    assert len(WHOLE.levels) == len(WHOLE.steps) == 4_000
    assert WHOLE.levels[7] == np.abs(mono[336:384]).max()
    assert WHOLE.steps[7] == np.abs(np.diff(mono[335:384])).max()
    assert len(heard([SOUND[:100]]).levels) == 2


@pytest.mark.parametrize("starts_ms", [[], [3_700]])
def test_without_a_whole_tone_nothing_fails(starts_ms: list[int]) -> None:
    listener = Listener(cues_of(starts_ms))
    listener.add(sound_of(starts_ms, 4_000))
    assert abs(listener.lag_of_tones()) <= LATE_MS


def pieces(minutes: int) -> Iterator[Samples]:
    for _ in range(minutes * 6):
        yield np.zeros((10 * RATE, 2), np.float32)


def peak_bytes(minutes: int, *, breaths: bool = True) -> int:
    """Return the most that is held: breaths follow each other, or there is one at the very end."""
    last = minutes * 60_000 - 2_000
    listener = Listener(cues_of(list(range(0, last, 10_000)) if breaths else [last]))
    tracemalloc.start()
    try:
        for piece in pieces(minutes):
            listener.add(piece)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("breaths", [True, False])
def test_memory_grows_by_two_levels_a_millisecond(breaths: bool) -> None:  # noqa: FBT001 - a case of the test
    assert peak_bytes(3, breaths=breaths) - peak_bytes(1, breaths=breaths) < 2 * 60_000 * 2 * 4 * 1.5


def test_the_watch_on_memory_sees_a_file_kept_whole() -> None:
    tracemalloc.start()
    kept = list(pieces(2))
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept
    assert grown > 2 * 60 * RATE * 4
