"""The quiet ground under a programme: synthesised, exactly periodic, so that it has no seam and no file."""

from functools import lru_cache

import numpy as np

from audio.master import loudness
from audio.sound import RATE, Mono, Stereo, ratio

BED_LUFS = -36.0
PERIOD_S = 30
_DRONES_HZ = ((87.3, 0.5), (130.8, 0.3), (174.6, 0.2))
_DRONE_SHARE = 0.25
_BAND_HZ = (50.0, 900.0)


@lru_cache(maxsize=1)
def warm_bed() -> Stereo:
    """Return one period of a warm, dark, even ground at -36 LUFS, shape (PERIOD_S * RATE, 2).

    A random-phase spectrum falling with frequency, and drones rounded to whole cycles: no water, no breath, no beats
    between the ears (audio.md; brief 2.7). The same samples on every run of one numpy.
    """
    left, right = (_ground(seed) for seed in (11, 12))
    centre = _drones()
    bed = np.stack([0.8 * left + 0.2 * right + centre, 0.2 * left + 0.8 * right + centre], axis=1)
    return np.asarray(bed * ratio(BED_LUFS - loudness(bed)), np.float32)


@lru_cache(maxsize=1)
def warm_bed_in_one() -> Mono:
    """Return the bed as one channel that a meter reads 3.01 LU below the two, as it does with sound in the middle."""
    bed = warm_bed()
    both = bed[:, 0] + bed[:, 1]
    return both * np.float32(ratio(BED_LUFS - 3.01 - loudness(both)))


def _ground(seed: int) -> Mono:
    frames = PERIOD_S * RATE
    frequencies = np.fft.rfftfreq(frames, 1 / RATE)
    low, high = _BAND_HZ
    shape = 1 / np.maximum(frequencies, low) / (1 + (frequencies / high) ** 4)
    shape *= 1 / (1 + (low / np.maximum(frequencies, 1)) ** 6)
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(frequencies))
    noise = np.fft.irfft(shape * np.exp(1j * phases), frames)
    return np.asarray(noise / noise.std(), np.float32)


def _drones() -> Mono:
    time = np.arange(PERIOD_S * RATE) / RATE
    drones = np.zeros(len(time))
    for number, (frequency, share) in enumerate(_DRONES_HZ):
        whole = round(frequency * PERIOD_S) / PERIOD_S
        swell = 1 + 0.3 * np.sin(2 * np.pi * (number + 1) * time / PERIOD_S)
        drones += share * swell * np.sin(2 * np.pi * whole * time + number)
    return np.asarray(_DRONE_SHARE * drones / drones.std(), np.float32)
