"""The delivered files, measured by decoding them, and the figures they must meet."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from audio import master
from audio.encode import Codec, CodecName, decoded
from audio.sound import SAMPLES_PER_MS, Samples


class RenderedFile(Struct, frozen=True, kw_only=True):
    """One delivered file and what was measured on it by decoding it."""

    path: Path
    sha256: str
    codec: CodecName
    media_type: str
    bytes: int
    duration_ms: int
    lufs: float
    true_peak_db: float


class Missed(Struct, frozen=True, kw_only=True):
    """By how much a file misses: LU to add, dB of peak to take away, milliseconds of length; all 0 when it is right."""

    loudness_lu: float
    peak_db: float
    length_ms: int

    def __bool__(self) -> bool:
        return abs(self.loudness_lu) > master.TOLERANCE_LU or self.peak_db > 0 or self.length_ms != 0


def measured(path: Path, codec: Codec, listener: Callable[[Samples], None] | None = None) -> RenderedFile:
    """Return a file's record; who listens hears every piece of it while it is measured, shape (frames, channels)."""
    meter = master.Meter(codec.channels)
    for piece in decoded(path):
        meter.add(piece)
        if listener:
            listener(piece)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return RenderedFile(
        path=path,
        sha256=digest,
        codec=codec.name,
        media_type=codec.media_type,
        bytes=path.stat().st_size,
        duration_ms=meter.frames // SAMPLES_PER_MS,
        lufs=round(meter.lufs, 2),
        true_peak_db=round(meter.true_peak_db, 2),
    )


def missed(file: RenderedFile, codec: Codec, duration_ms: int) -> Missed:
    """Return how far a file is from -18 LUFS (mono -21) within 0.5, from -1.5 dBTP, and from its length."""
    target = master.MONO_LUFS if codec.channels == 1 else master.TARGET_LUFS
    return Missed(
        loudness_lu=target - file.lufs,
        peak_db=max(0.0, file.true_peak_db - master.PEAK_AFTER_DB),
        length_ms=file.duration_ms - duration_ms,
    )
