"""The one sample format inside the studio: float32 at 48 kHz, full scale 1.0, so that a millisecond is 48 samples."""

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]  # it ships neither annotations nor stubs

RATE = 48_000
SAMPLES_PER_MS = RATE // 1000

Samples = npt.NDArray[np.float32]
"""Shape (frames,) or (frames, channels)."""
Mono = npt.NDArray[np.float32]
"""Shape (frames,)."""
Stereo = npt.NDArray[np.float32]
"""Shape (frames, 2)."""


def resampled(sound: Samples, rate: int, to: int) -> Samples:
    """Return sound at another rate, band-limited; pydub's own conversion aliases (audio.md)."""
    return np.asarray(soxr.resample(sound, rate, to), np.float32)


def ratio(decibels: float) -> float:
    """Return the amplitude ratio of a level in dB."""
    return float(10 ** (decibels / 20))


def decibels(amplitude: float) -> float:
    """Return the level in dB of an amplitude; silence is -120 dB."""
    return float(20 * np.log10(max(amplitude, 1e-6)))


def raised_sine(frames: int) -> Mono:
    """Return an envelope that rises from 0 to 1 and falls back to 0 without a corner."""
    return np.sin(np.linspace(0, np.pi, frames, dtype=np.float32)) ** 2


def ramp(frames: int) -> Mono:
    """Return half of a raised sine, from 0 to 1."""
    return np.sin(np.linspace(0, np.pi / 2, frames, dtype=np.float32)) ** 2
