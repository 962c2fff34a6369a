"""libav reading a stranger's file: only in the child, behind its limits."""

from collections.abc import Iterator
from typing import BinaryIO, NoReturn

import av
import numpy as np
import soxr  # type: ignore[import-untyped]  # it ships neither annotations nor stubs
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from msgspec import Struct

from audio.sound import RATE, Mono, Samples

CODECS = frozenset({"flac", "mp3", "aac", "opus", "vorbis", "alac"})
"""What is decoded, beside every kind of PCM."""
_DECODERS = "flac,mp3,mp3float,aac,opus,libopus,vorbis,alac,pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw" + "".join(
    f",pcm_{kind}{order}" for kind in ("s16", "s24", "s32", "f32", "f64") for order in ("le", "be")
)
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
MOST_CHANNELS = 2
_LOUDEST = 8.0
"""Floats may go over full scale; 18 dB over it is no recording."""
_CLIPPED = 0.999
_RUN = 3
"""Samples in a row at full scale that make a clipped run."""


class Told(Struct, frozen=True, kw_only=True, tag="told"):
    """What only who decodes can see; `declared_ms` is the length a file gives itself, or nothing."""

    declared_ms: int | None
    clipped_runs: int


class RefusedError(Exception):
    """A file that is not read on, with a code of `errors.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(source: BinaryIO, demuxer: str, sink: BinaryIO) -> Told:
    """Write a file's sound as mono float32 at 48 kHz; the demuxer's name is the parent's finding, never libav's.

    Raises:
        RefusedError: it is not what we read.
        av.FFmpegError, OSError, ValueError: it is damaged, or asks for other files.
        MemoryError: there is not enough.
    """
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": av.format.ContainerFormat(demuxer, "r").name,
        "codec_whitelist": _DECODERS,
        "max_streams": "16",
    }
    with av.open(
        source, "r", format=demuxer, options=options, metadata_errors="replace", io_open=_no_other
    ) as container:
        stream = _only_sound(container)
        clipping, frames = _Clipping(), 0
        resampler = soxr.ResampleStream(stream.rate, RATE, 1, dtype="float32")
        for sound in _seconds(container, stream):
            clipping.see(sound)
            frames += len(sound)
            _write(sink, resampler.resample_chunk(sound.mean(axis=1)))
        _write(sink, resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        if demuxer == "flac" and frames < (stream.duration or 0):
            # A frame with a wrong checksum is passed over without a word; this format's length is exact.
            raise RefusedError("damaged")
        return Told(declared_ms=_declared_ms(container, stream), clipped_runs=clipping.runs)


def _no_other(*_: object) -> NoReturn:
    """Refuse whatever a demuxer wants to open beside the file it was given."""
    raise PermissionError


def _only_sound(container: InputContainer) -> AudioStream:
    if any(not stream.disposition & Disposition.attached_pic for stream in container.streams.video):
        raise RefusedError("video")
    if len(container.streams.audio) != 1:
        raise RefusedError("several_streams" if container.streams.audio else "no_sound")
    stream = container.streams.audio[0]
    # Whatever its types say, PyAV gives no context to a codec without a decoder.
    decoder = getattr(stream.codec_context, "codec", None)
    name = decoder.canonical_name if decoder else ""
    if name not in CODECS and not name.startswith("pcm_"):
        raise RefusedError("codec")
    if not 1 <= stream.codec_context.channels <= MOST_CHANNELS:
        raise RefusedError("channels")
    if not LOWEST_RATE <= stream.codec_context.sample_rate <= HIGHEST_RATE:
        raise RefusedError("sample_rate")
    stream.codec_context.thread_count = 1
    if name == "flac":
        # Its frames carry checksums, which libav reads past unless it is told.
        stream.codec_context.options = {"err_detect": "crccheck+explode"}
    return stream


def _seconds(container: InputContainer, stream: AudioStream) -> Iterator[Samples]:
    """Yield the sound in pieces of a second or more, shape (frames, channels)."""
    held: list[Samples] = []
    frames = 0
    for frame in _frames(container, stream):
        held.append(_floats(frame))
        frames += len(held[-1])
        if frames >= stream.rate:
            yield np.concatenate(held)
            held, frames = [], 0
    if held:
        yield np.concatenate(held)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """Yield each frame; a packet that cannot be decoded is borne at the end only, where a recording was cut off."""
    broken = False
    rate, channels = stream.rate, stream.codec_context.channels
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            broken = True
            continue
        for frame in frames:
            if broken:
                raise RefusedError("damaged")
            if frame.sample_rate != rate:
                raise RefusedError("sample_rate")
            if frame.layout.nb_channels != channels:
                raise RefusedError("channels")
            yield frame


def _floats(frame: av.AudioFrame) -> Samples:
    array = frame.to_ndarray()
    sound = array.T if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels)
    if sound.dtype.kind == "u":
        return (sound.astype(np.float32) - 128) / np.float32(128)
    if sound.dtype.kind == "i":
        return sound.astype(np.float32) / np.float32(2 ** (8 * sound.dtype.itemsize - 1))
    # Also NaN is not below.
    if not (np.abs(sound) < _LOUDEST).all():
        raise RefusedError("damaged")
    return sound.astype(np.float32)


class _Clipping:
    def __init__(self) -> None:
        self.runs = 0

    def see(self, sound: Samples) -> None:
        """Count the runs at full scale of each channel; one that two pieces share may count twice or not at all."""
        for channel in sound.T:
            full = np.abs(channel) >= _CLIPPED
            edges = np.flatnonzero(np.diff(full, prepend=False, append=False))
            self.runs += int((edges[1::2] - edges[::2] >= _RUN).sum())


def _write(sink: BinaryIO, sound: Mono) -> None:
    rest = memoryview(sound.astype(np.float32).tobytes())
    while rest:
        rest = rest[sink.write(rest) :]


def _declared_ms(container: InputContainer, stream: AudioStream) -> int | None:
    if stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * 1000)
    return int(container.duration / 1000) if container.duration else None
