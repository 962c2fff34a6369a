"""Recordings as therapists send them, and as nobody should: each made here, in bytes."""

import io
import struct
from functools import cache

import av
import numpy as np
from support.voices import Babble

from audio.phrases import sentences
from audio.sound import RATE, Mono, resampled

LINES = (
    "Hello there. This is a short practice, to be heard by a test.",
    "We are coming to the end. Look around, and find one colour.",
)
PAUSE_S, LEAD_S, TAIL_S = 0.8, 1.0, 1.5


@cache
def spoken() -> Mono:
    """Return the lines, each sentence behind a pause, over a little noise; 48 kHz mono."""
    voice = Babble()
    pieces = [silence(LEAD_S)]
    for line in LINES:
        for sentence in sentences(line):
            pieces += [voice.samples(sentence) * np.float32(0.4), silence(PAUSE_S)]
    sound = np.concatenate([*pieces, silence(TAIL_S - PAUSE_S)])
    return sound + np.random.default_rng(0).normal(0, 0.0005, len(sound)).astype(np.float32)


def silence(seconds: float) -> Mono:
    return np.zeros(int(seconds * RATE), np.float32)


def wav(
    sound: Mono, *, rate: int = RATE, channels: int = 1, told_bytes: int | None = None, floats: bool = False
) -> bytes:
    """Return a WAV file of interleaved samples; `told_bytes` is what its header says instead of the truth."""
    kind, width = (3, 4) if floats else (1, 2)
    data = sound.astype("<f4").tobytes() if floats else (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    told = len(data) if told_bytes is None else told_bytes
    frame = channels * width
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, width * 8)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", told) + data
    return b"RIFF" + struct.pack("<I", min(36 + told, 0xFFFFFFFF)) + b"WAVE" + chunks


def encoded(
    sound: Mono,
    container: str,
    encoder: str,
    *,
    rate: int = RATE,
    sounds: int = 1,
    video: str = "",
    metadata: dict[str, str] | None = None,
) -> bytes:
    """Return sound of 48 kHz in any container, codec and rate; `video` is an encoder that adds moving pictures."""
    sound = resampled(sound, RATE, rate)
    # libav's own Vorbis is stereo, and not proud of itself.
    layout, more = ("stereo", {"strict": "-2"}) if encoder == "vorbis" else ("mono", {})
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        output.metadata.update(metadata or {})
        streams = [output.add_stream(encoder, rate=rate, layout=layout, options=more) for _ in range(sounds)]
        moving = output.add_stream(video, rate=10) if video else None
        if moving is not None:
            moving.width, moving.height, moving.pix_fmt = 32, 32, "yuv420p"
            for index in range(5):
                frame = av.VideoFrame.from_ndarray(np.full((48, 32), index, np.uint8), format="yuv420p")
                output.mux(moving.encode(frame))
            output.mux(moving.encode(None))
        for stream in streams:
            _fill(output, stream, sound)
    return file.getvalue()


def _fill(output: av.container.OutputContainer, stream: av.AudioStream, sound: Mono) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, context.layout, context.rate, context.frame_size or 4096)
    samples = np.repeat(sound, context.layout.nb_channels)[None]
    whole = av.AudioFrame.from_ndarray(samples, "flt", context.layout.name)
    whole.sample_rate = context.rate
    whole.pts = 0
    for frame in [*resampler.resample(whole), *resampler.resample(None)]:
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))
