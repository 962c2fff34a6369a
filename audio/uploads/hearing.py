"""A recording as it comes out of the child: cleaned, laid down on disk, and measured on the way."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from audio.master import Meter
from audio.sound import RATE, SAMPLES_PER_MS, Mono
from audio.uploads.cleaning import HighPass

HOP_MS = 10
_HOP = HOP_MS * SAMPLES_PER_MS
_SMOOTH = 5
IN_BOTH_EARS_LU = 3.01
"""A mono recording is delivered to two ears, where it is that much louder than its one channel."""
Levels = npt.NDArray[np.float64]
"""Levels in dBFS, one for each 10 ms, shape (hops,); silence is -120."""


class Heard(Struct, frozen=True, kw_only=True):
    """What was measured: loudness and peak as it came, level and loudness as it was cleaned."""

    frames: int
    lufs: float
    true_peak_db: float
    dc_offset: float
    clean_lufs: float
    levels: Levels


def heard(pieces: Iterable[Mono], spool: Path) -> Heard:
    """Write the cleaned sound as raw float32 to `spool`; memory holds one piece and a number for each 10 ms."""
    came, clean, high_pass = Meter(1), Meter(1), HighPass()
    total, powers, rest = 0.0, [np.zeros(0)], np.zeros(0, np.float32)
    with spool.open("xb") as file:
        for piece in pieces:
            came.add(piece)
            total += float(piece.sum(dtype=np.float64))
            cleaned = high_pass(piece)
            clean.add(cleaned)
            file.write(cleaned.tobytes())
            rest = np.concatenate([rest, cleaned])
            whole = len(rest) // _HOP * _HOP
            powers.append(np.square(rest[:whole].reshape(-1, _HOP), dtype=np.float64).mean(axis=1))
            rest = rest[whole:]
    return Heard(
        frames=came.frames,
        lufs=came.lufs + IN_BOTH_EARS_LU,
        true_peak_db=came.true_peak_db,
        dc_offset=total / max(came.frames, 1),
        clean_lufs=clean.lufs + IN_BOTH_EARS_LU,
        levels=_levels(np.concatenate(powers)),
    )


def _levels(powers: Levels) -> Levels:
    """Return levels, each of the 50 ms around it: single zero crossings and clicks are no levels."""
    if not len(powers):
        return powers
    padded = np.pad(powers, _SMOOTH // 2, mode="edge")
    smooth = np.convolve(padded, np.full(_SMOOTH, 1 / _SMOOTH), mode="valid")
    return np.asarray(10 * np.log10(np.maximum(smooth, 1e-12)))


def laid_down(spool: Path, start: int, frames: int) -> Mono:
    """Return a part of the cleaned sound, shape (frames,)."""
    return np.fromfile(spool, np.float32, frames, offset=start * np.dtype(np.float32).itemsize)


def duration_ms(frames: int) -> int:
    """Return the whole milliseconds of a number of samples."""
    return frames * 1000 // RATE
