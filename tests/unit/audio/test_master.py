import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.master import Meter, limit, loudness, sixteen_bits, true_peak
from audio.sound import RATE, Mono, decibels


def sine(hertz: float, amplitude: float, seconds: float = 3, phase: float = 0) -> Mono:
    time = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hertz * time + phase)).astype(np.float32)


def test_a_sine_of_997_hz_reads_what_the_standard_says() -> None:
    both = np.stack([sine(997, 0.1)] * 2, axis=1)
    assert loudness(both) == pytest.approx(-20.0, abs=0.1)
    assert loudness(both[:, 0]) == pytest.approx(-23.0, abs=0.1), "one channel reads 3 LU less than two"


def test_the_mean_level_is_not_the_loudness() -> None:
    # Control: a meter without weighting and gating would be wrong by far on speech with pauses.
    speech = np.concatenate([sine(997, 0.1, 20), np.zeros(40 * RATE, np.float32)])
    naive = decibels(float(np.sqrt(np.mean(speech**2))))
    assert loudness(speech) == pytest.approx(-23.0, abs=0.2)
    assert abs(naive - loudness(speech)) > 3


def test_the_peak_between_the_samples_is_seen() -> None:
    hidden = sine(RATE / 4, 0.5, phase=np.pi / 4)
    meter = Meter(1)
    meter.add(hidden)
    assert decibels(float(np.abs(hidden).max())) == pytest.approx(-9.03, abs=0.05)
    assert meter.true_peak_db == pytest.approx(decibels(true_peak(hidden)), abs=0.1)
    assert meter.true_peak_db > -6.5


@settings(max_examples=25, deadline=None)
@given(st.floats(-20, 0), st.floats(0.2, 1.0), st.integers(0, 10_000))
def test_a_limited_clip_stays_below_the_ceiling(ceiling_db: float, amplitude: float, seed: int) -> None:
    noise = np.random.default_rng(seed).uniform(-amplitude, amplitude, 24_011).astype(np.float32)
    noise[:9_000] *= 0.01
    limited = limit(noise, ceiling_db)
    assert len(limited) == len(noise)
    assert decibels(float(np.abs(limited).max())) <= ceiling_db + 0.01


def test_a_clip_below_the_ceiling_is_left_alone() -> None:
    quiet = sine(300, 0.2, 1)
    assert limit(quiet, -4.5) is quiet


def test_dither_keeps_what_rounding_loses() -> None:
    faint = sine(1000, 0.4 / 32767)
    tone = np.exp(-2j * np.pi * 1000 * np.arange(len(faint)) / RATE)
    kept = abs(sixteen_bits(faint) @ tone) / abs((faint * 32767) @ tone)
    assert kept == pytest.approx(1, abs=0.1)
    assert not np.rint(faint * 32767).any(), "without dither there is silence"
