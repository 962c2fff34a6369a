import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from support.voices import Babble

from audio.beds import BED_LUFS, PERIOD_S, warm_bed
from audio.cues import BELL_SOUND_MS, HIGH_HZ, LOW_HZ, bell, breath
from audio.master import loudness
from audio.mix import WINDOW_MS, Mix
from audio.sound import RATE, SAMPLES_PER_MS, Stereo
from audio.timeline import Bell, Breath, Programme, Say, Silence, Timeline, layout

ROUND = (
    Say(text="Hello there. Look around, and find one colour."),
    Silence(seconds=4),
    Breath(inhale=3, hold=0, exhale=4, rest=0, words=""),
    Bell(),
    Silence(seconds=11),
)


def laid_out(rounds: int) -> Timeline:
    programme = Programme(title="Test", language="en", voice="babble", cues=ROUND * rounds)
    return layout(programme, lambda text: Babble().clip(text).duration_ms)


def mix(timeline: Timeline, gain_db: float = 0) -> Mix:
    return Mix(timeline, Babble(), gain_db=gain_db, ceiling_db=-4.5)


def windows(whole: Mix) -> Iterator[Stereo]:
    return (whole.window(index) for index in range(whole.windows))


def peak_bytes(rounds: int) -> int:
    whole = mix(laid_out(rounds))
    tracemalloc.start()
    try:
        for _ in windows(whole):
            continue
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_length() -> None:
    peak_bytes(1)
    assert peak_bytes(20) < 1.3 * peak_bytes(2)
    assert peak_bytes(20) < 60_000_000


def test_the_watch_on_memory_sees_a_programme_kept_whole() -> None:
    tracemalloc.start()
    kept = list(windows(mix(laid_out(6))))
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept
    assert grown > 60_000_000


def test_windows_make_exactly_the_programme_and_have_no_seam() -> None:
    timeline = laid_out(2)
    sound = np.concatenate(list(windows(mix(timeline))))
    assert len(sound) == timeline.duration_ms * SAMPLES_PER_MS
    seams = np.arange(WINDOW_MS, timeline.duration_ms, WINDOW_MS) * SAMPLES_PER_MS
    steps = np.abs(np.diff(sound, axis=0)).max(axis=1)
    assert steps[seams - 1].max() <= np.quantile(steps, 0.9999)


def test_the_quick_loudness_is_the_loudness_of_the_mix() -> None:
    whole = mix(laid_out(2))
    assert whole.loudness() == pytest.approx(loudness(np.concatenate(list(windows(whole)))), abs=0.3)


def test_the_bed_is_quiet_periodic_and_ducked_under_speech() -> None:
    bed = warm_bed()
    assert loudness(bed) == pytest.approx(BED_LUFS, abs=0.1)
    assert len(bed) == PERIOD_S * RATE
    step = np.abs(np.diff(bed, axis=0))
    assert np.abs(bed[0] - bed[-1]).max() <= step.max()


def test_speech_lowers_the_bed_by_four_decibels() -> None:
    timeline = laid_out(3)
    silent = Mix(timeline, Hush(), gain_db=0, ceiling_db=-4.5)
    plain = Mix(layout_without_speech(timeline), Hush(), gain_db=0, ceiling_db=-4.5)
    speech = next(speech for speech in timeline.speech if speech.at_ms > WINDOW_MS)
    window, at = divmod(speech.at_ms, WINDOW_MS)
    there = slice(at * SAMPLES_PER_MS, (at + 500) * SAMPLES_PER_MS)
    fall = np.abs(silent.window(window)[there]).sum() / np.abs(plain.window(window)[there]).sum()
    assert 20 * np.log10(fall) == pytest.approx(-4, abs=0.1)


class Hush(Babble):
    """Takes the same time and says nothing."""

    def samples(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return super().samples(text) * np.float32(0)


def layout_without_speech(timeline: Timeline) -> Timeline:
    return Timeline(
        duration_ms=timeline.duration_ms,
        speech=(),
        paces=timeline.paces,
        bells_ms=timeline.bells_ms,
        captions=(),
        marks=(),
    )


def test_the_breath_glides_up_and_down_without_a_click() -> None:
    tone = breath(3000, 500, 4000)
    assert len(tone) == 7500 * SAMPLES_PER_MS
    assert np.abs(np.diff(tone)).max() < 0.01
    assert abs(tone[0]) < 1e-4
    assert abs(tone[-1]) < 1e-4
    assert strongest_hz(tone[3000 * 48 : 3500 * 48]) == pytest.approx(HIGH_HZ, abs=2)
    assert strongest_hz(tone[: 500 * 48]) == pytest.approx(LOW_HZ, abs=3)


def strongest_hz(sound: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), RATE))
    return float(np.argmax(spectrum))


def test_the_bell_swells_and_ends_in_silence() -> None:
    ring = bell()
    assert len(ring) == BELL_SOUND_MS * SAMPLES_PER_MS
    assert np.abs(ring[: 20 * SAMPLES_PER_MS]).max() < 0.1 * np.abs(ring).max()
    assert abs(ring[-1]) < 1e-6
