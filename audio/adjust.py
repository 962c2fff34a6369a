"""Sound brought to its figures: written in every codec, decoded, measured, and written again while it misses."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audio.delivered import Missed, RenderedFile, measured, missed
from audio.encode import CODECS, Codec, Encoder, Heading
from audio.master import TARGET_LUFS, sixteen_bits
from audio.mix import middle
from audio.sound import Stereo

ENCODED_LOSS_LU = 0.2
"""How much quieter the codecs leave a programme, on average: AAC 0.1 to 0.5, Opus 0.0 to 0.2 (measured)."""
ADJUSTMENTS = 3

Windows = Callable[[float, float], Iterable[Stereo]]
"""A programme's sound in pieces, made anew for a gain in dB and for a ceiling in dB below which its parts stay."""


class RenderError(RuntimeError):
    """A render that misses its figures even after it was adjusted; the message says by how much."""


def adjusted(
    windows: Windows,
    heading: Heading,
    into: Path,
    *,
    lufs: float,
    ceiling_db: float,
    codecs: tuple[Codec, ...] = CODECS,
) -> tuple[RenderedFile, ...]:
    """Write a file of each codec into an existing folder; `lufs` is the loudness of the windows without a gain.

    Raises:
        RenderError: loudness, peak or length still miss after three adjustments.
    """
    gain_db = TARGET_LUFS + ENCODED_LOSS_LU - lufs
    files, misses = _attempt(windows(gain_db, ceiling_db), heading, into, codecs)
    for _ in range(ADJUSTMENTS):
        if not any(misses):
            break
        gain_db += sum(miss.loudness_lu for miss in misses) / len(misses)
        over_db = max(miss.peak_db for miss in misses)
        # A codec overshoots a little differently each time: what was just enough is sometimes not.
        ceiling_db -= over_db and over_db + 0.3
        files, misses = _attempt(windows(gain_db, ceiling_db), heading, into, codecs)
    if any(misses):
        raise RenderError("; ".join(f"{file.codec} misses: {miss}" for file, miss in zip(files, misses, strict=True)))
    return files


def _attempt(
    windows: Iterable[Stereo], heading: Heading, into: Path, codecs: tuple[Codec, ...]
) -> tuple[tuple[RenderedFile, ...], list[Missed]]:
    paths = [into / f"programme{codec.suffix}" for codec in codecs]
    encoders = [Encoder(codec, path, heading) for codec, path in zip(codecs, paths, strict=True)]
    try:
        for window in windows:
            pcm = {2: sixteen_bits(window), 1: sixteen_bits(middle(window))}
            for encoder in encoders:
                encoder.put(pcm[encoder.channels])
    finally:
        for encoder in encoders:
            encoder.finish()
    with ThreadPoolExecutor(len(codecs)) as pool:
        files = tuple(pool.map(measured, paths, codecs))
    return files, [missed(file, codec, heading.duration_ms) for file, codec in zip(files, codecs, strict=True)]
