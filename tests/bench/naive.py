"""The same programme as a user of pydub would write it: whole segments, laid over each other one after another."""

import warnings
from pathlib import Path

import numpy as np

from audio.beds import warm_bed
from audio.cues import breath_of
from audio.encode import CODECS, Heading, encode
from audio.sound import RATE, Samples
from audio.timeline import Programme, layout
from audio.voices import Narrator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


def naive(programme: Programme, narrator: Narrator, into: Path) -> None:
    """Loop the bed, overlay clips and tones, normalise, fade, and encode as AAC and Opus.

    What it does less: it does not duck, measures peaks and not loudness, and works in 16 bits. PyAV encodes here too,
    where pydub would start ffmpeg, so that only the composing differs.
    """
    timeline = layout(programme, lambda text: narrator.clip(text).duration_ms)
    bed = _segment(warm_bed())
    whole = (bed * (timeline.duration_ms // len(bed) + 1))[: timeline.duration_ms]
    for speech in timeline.speech:
        whole = whole.overlay(_segment(narrator.samples(speech.text)), position=speech.at_ms)
    for pace in timeline.paces:
        whole = whole.overlay(_segment(breath_of(pace)), position=pace.at_ms)
    whole = whole.normalize(headroom=3.0).fade_in(3_000).fade_out(6_000)
    pcm = np.frombuffer(whole.raw_data, np.int16).reshape(-1, 2)
    told = Heading(title="Bench", language="en", duration_ms=timeline.duration_ms, marks=timeline.marks)
    for codec in CODECS:
        if codec.channels == whole.channels:
            encode(iter([pcm[at : at + RATE] for at in range(0, len(pcm), RATE)]), codec, into / codec.name, told)


def _segment(sound: Samples) -> AudioSegment:
    both = sound if sound.ndim > 1 else np.repeat(sound[:, None], 2, axis=1)
    return AudioSegment((both * 32767).astype(np.int16).tobytes(), sample_width=2, frame_rate=RATE, channels=2)
