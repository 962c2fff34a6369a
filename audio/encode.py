"""Encoding with PyAV, one thread per codec, and decoding for the check of what is delivered."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Literal

import av
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from msgspec import Struct

from audio.sound import RATE, Samples
from audio.timeline import Mark

Pcm = npt.NDArray[np.int16]
MS = Fraction(1, 1000)
CodecName = Literal["aac", "opus", "opus-low", "clip", "master"]


class Codec(Struct, frozen=True, kw_only=True):
    """One rendition's settings (audio.md, Deliver)."""

    name: CodecName
    encoder: Literal["aac", "libopus", "flac"]
    container: str
    suffix: str
    media_type: str
    channels: Literal[1, 2]
    options: dict[str, str]


CODECS = (
    Codec(
        name="aac",
        encoder="aac",
        container="ipod",
        suffix=".m4a",
        media_type="audio/mp4",
        channels=2,
        options={"b": "64000", "aac_coder": "fast"},
    ),
    Codec(
        name="opus",
        encoder="libopus",
        container="ogg",
        suffix=".ogg",
        media_type="audio/ogg; codecs=opus",
        channels=2,
        options={"b": "48000", "compression_level": "10", "application": "audio"},
    ),
    Codec(
        name="opus-low",
        encoder="libopus",
        container="ogg",
        suffix="-low.ogg",
        media_type="audio/ogg; codecs=opus",
        channels=1,
        options={"b": "32000", "compression_level": "10", "application": "audio"},
    ),
)

CLIP = Codec(
    name="clip",
    encoder="libopus",
    container="ogg",
    suffix=".opus",
    media_type="audio/ogg; codecs=opus",
    channels=1,
    options={"b": "32000", "compression_level": "10", "application": "audio"},
)
"""One sentence of committed narration; PESQ 4.45 (audio.md)."""

MASTER = Codec(
    name="master",
    encoder="flac",
    container="flac",
    suffix=".flac",
    media_type="audio/flac",
    channels=1,
    options={},
)
"""What is kept of somebody's own recording, to encode again without a loss (audio.md, Uploads)."""


class Heading(Struct, frozen=True, kw_only=True):
    """What a file says of itself."""

    title: str
    language: str
    duration_ms: int
    marks: tuple[Mark, ...]


class Encoder(Thread):
    """One codec at work in its own thread; libav releases the interpreter while it encodes.

    `put` blocks when the thread is two windows behind, so that memory stays bounded.
    """

    def __init__(self, codec: Codec, path: Path, heading: Heading) -> None:
        super().__init__(name=f"encode-{codec.name}", daemon=True)
        self.channels = codec.channels
        self._codec = codec
        self._path = path
        self._heading = heading
        self._queue: Queue[Pcm | None] = Queue(maxsize=2)
        self._failure: BaseException | None = None
        self.start()

    def put(self, pcm: Pcm) -> None:
        """Hand over the next piece, shape (frames, channels)."""
        self._queue.put(pcm)

    def finish(self) -> None:
        """Wait for the whole file.

        Raises:
            av.FFmpegError: the encoder failed.
        """
        self._queue.put(None)
        self.join()
        if self._failure is not None:
            raise self._failure

    def run(self) -> None:
        """Encode until the end is announced; after a failure go on emptying the queue, or `put` would wait for ever."""
        pieces = self._pieces()
        try:
            encode(pieces, self._codec, self._path, self._heading)
        except BaseException as failure:  # noqa: BLE001  # raised again in the caller's thread by `finish`
            self._failure = failure
        for _ in pieces:
            continue

    def _pieces(self) -> Iterator[Pcm]:
        while (pcm := self._queue.get()) is not None:
            yield pcm


def encode(pieces: Iterator[Pcm], codec: Codec, path: Path, heading: Heading | None = None) -> None:
    """Write one file from pieces of 16-bit PCM, shape (frames, channels).

    `bitexact` keeps random serial numbers and library versions out of the file: the same sound gives the same bytes.
    """
    layout = "stereo" if codec.channels == len("LR") else "mono"
    muxing = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if codec.container == "ipod" else {})
    with av.open(path, "w", format=codec.container, options=muxing) as container:
        if heading:
            _head(container, heading)
        stream = container.add_stream(codec.encoder, rate=RATE, layout=layout, options=codec.options)
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        at = 0
        for pcm in _seconds(pieces):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm).reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate = RATE
            frame.pts = at
            at += len(pcm)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _seconds(pieces: Iterator[Pcm]) -> Iterator[Pcm]:
    """Yield a second or less at a time: libav keeps several copies of what it is given at once."""
    for piece in pieces:
        yield from (piece[start : start + RATE] for start in range(0, len(piece), RATE))


def _head(container: OutputContainer, heading: Heading) -> None:
    container.metadata.update({"title": heading.title, "language": heading.language})
    ends = [mark.at_ms for mark in heading.marks[1:]] + [heading.duration_ms]
    container.set_chapters(
        [
            {"id": number, "start": mark.at_ms, "end": end, "time_base": MS, "metadata": {"title": mark.title}}
            for number, (mark, end) in enumerate(zip(heading.marks, ends, strict=False))
        ]
    )


def decoded(path: Path) -> Iterator[Samples]:
    """Yield a file's sound in pieces of about a second, float32, shape (frames, channels)."""
    with av.open(path) as container:
        held: list[Samples] = []
        frames = 0
        for frame in container.decode(audio=0):
            held.append(_samples(frame))
            frames += len(held[-1])
            if frames >= RATE:
                yield np.concatenate(held)
                held, frames = [], 0
        if held:
            yield np.concatenate(held)


def _samples(frame: av.AudioFrame) -> Samples:
    array = frame.to_ndarray()
    floats = array / np.float32(32768) if frame.format.name == "s16" else array
    sound = np.asarray(floats.T if frame.format.is_planar else floats.reshape(-1, frame.layout.nb_channels), np.float32)
    # AAC's last frame is always full; its duration, from the container, is what a player plays of it.
    return sound[: frame.duration] if frame.time_base == Fraction(1, RATE) and frame.duration else sound
