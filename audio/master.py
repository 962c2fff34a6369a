"""Levels: loudness to ITU-R BS.1770, true peak, the limiter of single clips, and the last step to 16 bits."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyebur128
from numpy.lib.stride_tricks import sliding_window_view

from audio.sound import RATE, SAMPLES_PER_MS, Mono, Samples, decibels, raised_sine, ratio, resampled

TARGET_LUFS = -18.0
"""Integrated loudness of a stereo file (AES speech anchor, audio.md)."""
MONO_LUFS = TARGET_LUFS - 3.0
"""A mono file is heard in both ears and reads 3 LU higher there."""
TOLERANCE_LU = 0.5
PEAK_BEFORE_DB = -3.0
PEAK_AFTER_DB = -1.5
_BLOCK = 100 * SAMPLES_PER_MS
_OVERSAMPLING = 4
_LIMIT_MS = 5


class Meter:
    """Loudness and true peak of sound that passes by in pieces.

    Oversampling everything costs more than encoding it, so only the 100 ms blocks whose highest sample is within 2.5 dB
    of the highest true peak so far are oversampled: between samples speech rises by less than that.
    """

    _OVERSHOOT = ratio(2.5)

    def __init__(self, channels: int) -> None:
        mode = pyebur128.MeasurementMode.MODE_I
        self._channels = channels
        self._state = pyebur128.R128State(channels, RATE, mode)
        self._true_peak = 0.0
        self.frames = 0

    def add(self, samples: Samples) -> None:
        """Take the next piece, shape (frames,) or (frames, channels)."""
        flat = np.ascontiguousarray(samples, np.float32).reshape(-1)
        frames = len(flat) // self._channels
        self._state.add_frames(flat, frames)
        self.frames += frames
        self._look_at_peaks(flat)

    def _look_at_peaks(self, flat: Samples) -> None:
        sound = flat.reshape(-1, self._channels)
        starts = np.arange(0, len(sound), _BLOCK)
        peaks = np.maximum.reduceat(np.abs(flat), starts * self._channels)
        for index in np.argsort(peaks)[::-1]:
            if peaks[index] * self._OVERSHOOT <= self._true_peak or not peaks[index]:
                return
            start = max(0, int(starts[index]) - SAMPLES_PER_MS)
            block = sound[start : start + _BLOCK + 2 * SAMPLES_PER_MS]
            self._true_peak = max(self._true_peak, true_peak(block))

    @property
    def lufs(self) -> float:
        """The integrated loudness so far; -inf when nothing was above -70 LUFS."""
        return float(pyebur128.get_loudness_global(self._state))

    @property
    def true_peak_db(self) -> float:
        """The highest true peak so far, in dBTP."""
        return decibels(self._true_peak)


def loudness(sound: npt.NDArray[np.floating]) -> float:
    """Return the integrated loudness in LUFS of a whole sound, shape (frames,) or (frames, channels)."""
    meter = Meter(sound.shape[1] if sound.ndim > 1 else 1)
    meter.add(sound.astype(np.float32))
    return meter.lufs


def true_peak(sound: Samples) -> float:
    """Return the highest amplitude between and on the samples, four times oversampled (BS.1770 annex 2)."""
    return float(np.abs(resampled(sound, RATE, RATE * _OVERSAMPLING)).max(initial=0.0))


def limit(sound: Mono, ceiling_db: float) -> Mono:
    """Return a clip whose samples stay below the ceiling: a gain that dips smoothly around each peak, 5 ms each way."""
    ceiling = ratio(ceiling_db)
    if np.abs(sound).max(initial=0.0) <= ceiling:
        return sound
    steps = -(-len(sound) // SAMPLES_PER_MS)
    padded = np.pad(np.abs(sound), (0, steps * SAMPLES_PER_MS - len(sound)))
    needed = ceiling / np.maximum(padded.reshape(steps, SAMPLES_PER_MS).max(axis=1), ceiling)
    reach = _LIMIT_MS + 1
    lowest = sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1).min(axis=1)
    kernel = raised_sine(2 * _LIMIT_MS + 3)[1:-1]
    smooth = np.convolve(np.pad(lowest, _LIMIT_MS, mode="edge"), kernel / kernel.sum(), mode="valid")
    middles = (np.arange(steps) + 0.5) * SAMPLES_PER_MS
    return (sound * np.interp(np.arange(len(sound)), middles, smooth)).astype(np.float32)


def sixteen_bits(sound: Samples) -> npt.NDArray[np.int16]:
    """Return 16-bit samples with triangular dither of one step each way; the same dither for every piece."""
    steps = sound.reshape(-1) * np.float32(32767)
    steps += _dither(sound.size)
    np.rint(steps, out=steps)
    np.clip(steps, -32768, 32767, out=steps)
    return steps.astype(np.int16).reshape(sound.shape)


@lru_cache(maxsize=2)
def _dither(size: int) -> Samples:
    generator = np.random.default_rng(size)
    return generator.random(size, np.float32) - generator.random(size, np.float32)
