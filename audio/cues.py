"""The sounds that lead a breath, and the bell: synthesised, soft, never sudden, never like a person's breathing."""

from functools import lru_cache

import numpy as np

from audio.sound import RATE, SAMPLES_PER_MS, Mono, ramp, ratio
from audio.timeline import Pace

LOW_HZ = 174.6
HIGH_HZ = 220.0
BREATH_DB = -30.0
BELL_DB = -27.0
BELL_SOUND_MS = 5_000
_AIR_DB = -20.0
_AIR_HZ = (350.0, 700.0)
_BELL_PARTIALS = ((392.0, 1.0, 1.4), (784.6, 0.35, 0.9), (1177.5, 0.12, 0.5))
_BELL_ATTACK_MS = 120


@lru_cache(maxsize=16)
def breath(inhale_ms: int, hold_ms: int, exhale_ms: int) -> Mono:
    """Return one breath's tone, (inhale + hold + exhale) * 48 frames: 174.6 Hz up to 220 Hz, held, and down again.

    The phase runs on through the turns and the loudness follows half a raised sine each way, so nothing clicks. An
    octave makes it audible on a telephone; the air is narrow and 20 dB below the tone, far from a breathing noise.
    """
    rise, hold, fall = (ms * SAMPLES_PER_MS for ms in (inhale_ms, hold_ms, exhale_ms))
    level = np.concatenate([ramp(rise), np.ones(hold, np.float32), ramp(fall)[::-1]])
    glide = np.concatenate([ramp(rise), np.ones(hold, np.float32), ramp(fall)[::-1]]).astype(np.float64)
    phase = np.cumsum(2 * np.pi * LOW_HZ * (HIGH_HZ / LOW_HZ) ** glide / RATE)
    tone = np.sin(phase) + 0.2 * np.sin(2 * phase) + ratio(_AIR_DB) * _air(len(phase))
    return np.asarray(ratio(BREATH_DB) * level * tone, np.float32)


def breath_of(pace: Pace) -> Mono:
    """Return the tone of a placed breath; the rest at its end is silent."""
    return breath(pace.inhale_ms, pace.hold_ms, pace.exhale_ms)


@lru_cache(maxsize=1)
def bell() -> Mono:
    """Return a soft bell of 5 s that swells for 120 ms, rings, and ends in exact silence."""
    frames = BELL_SOUND_MS * SAMPLES_PER_MS
    time = np.arange(frames) / RATE
    ring = np.zeros(frames)
    for hertz, share, decay_s in _BELL_PARTIALS:
        ring += share * np.exp(-time / decay_s) * np.sin(2 * np.pi * hertz * time)
    envelope = np.ones(frames, np.float32)
    attack = ramp(_BELL_ATTACK_MS * SAMPLES_PER_MS)
    envelope[: len(attack)] = attack
    envelope[-RATE:] *= ramp(RATE)[::-1]
    return np.asarray(ratio(BELL_DB) * envelope * ring, np.float32)


def _air(frames: int) -> Mono:
    frequencies = np.fft.rfftfreq(frames, 1 / RATE)
    low, high = _AIR_HZ
    band = 1 / (1 + (low / np.maximum(frequencies, 1)) ** 8) / (1 + (frequencies / high) ** 8)
    phases = np.random.default_rng(frames).uniform(0, 2 * np.pi, len(frequencies))
    air = np.fft.irfft(band * np.exp(1j * phases), frames)
    return np.asarray(air / air.std(), np.float32)
