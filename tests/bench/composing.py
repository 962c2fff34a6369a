"""A programme made in one of several ways, and what that took: `python -m bench.composing WAY < PROGRAMME`.

A process of its own for each, because the kernel counts computing and the highest memory by process. It has no
catalogue, as a worker has none.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from bench.naive import naive
from msgspec import Struct

from audio.encode import CODECS, Encoder, Heading
from audio.master import sixteen_bits
from audio.mix import Mix
from audio.render import CLIP_CEILING_DB, render
from audio.sound import Mono
from audio.timeline import Programme, Timeline, clip_texts, layout
from audio.voices import Clip, Narrator
from audio.voices.recorded import Recorded


class Took(Struct, frozen=True, kw_only=True):
    """How long the sound is, and what making it took: seconds by the clock, seconds computed, megabytes at the most."""

    sound_s: float
    wall_s: float
    cpu_s: float
    peak_mb: float


class Kept:
    """A narrator whose clips are in memory before the clock runs."""

    def __init__(self, narrator: Narrator, texts: Iterable[str]) -> None:
        self.voice, self.origin = narrator.voice, narrator.origin
        self._clips = {text: narrator.clip(text) for text in texts}
        self._sounds = {text: narrator.samples(text) for text in texts}

    def clip(self, text: str) -> Clip:
        return self._clips[text]

    def samples(self, text: str) -> Mono:
        return self._sounds[text]


def composed(programme: Programme, narrator: Narrator, _into: Path) -> None:
    """Measure the mix and compose it in 16 bits, as `audio.render` does."""
    timeline = _timeline(programme, narrator)
    Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB).loudness()
    mix = Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB)
    for index in range(mix.windows):
        sixteen_bits(mix.window(index))


def encoded(programme: Programme, narrator: Narrator, into: Path) -> None:
    """Measure, compose, and encode as AAC and Opus in stereo."""
    timeline = _timeline(programme, narrator)
    told = Heading(title="Bench", language="en", duration_ms=timeline.duration_ms, marks=timeline.marks)
    Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB).loudness()
    mix = Mix(timeline, narrator, gain_db=0, ceiling_db=CLIP_CEILING_DB)
    encoders = [Encoder(codec, into / codec.name, told) for codec in CODECS if codec.channels == len("LR")]
    for index in range(mix.windows):
        pcm = sixteen_bits(mix.window(index))
        for encoder in encoders:
            encoder.put(pcm)
    for encoder in encoders:
        encoder.finish()


def delivered(programme: Programme, narrator: Narrator, into: Path) -> None:
    """Make what is delivered: three files, each decoded and measured."""
    render(programme, narrator, into)


def _timeline(programme: Programme, narrator: Narrator) -> Timeline:
    return layout(programme, lambda text: narrator.clip(text).duration_ms)


WAYS: dict[str, Callable[[Programme, Narrator, Path], None]] = {
    "composed": composed,
    "encoded": encoded,
    "delivered": delivered,
    "naive": naive,
}


def main(way: str) -> None:
    programme = msgspec.json.decode(sys.stdin.buffer.read(), type=Programme)
    narrator = Kept(Recorded(programme.voice), clip_texts(programme))
    with TemporaryDirectory() as folder:
        begun, before = time.perf_counter(), time.process_time()
        WAYS[way](programme, narrator, Path(folder))
        took = Took(
            sound_s=_timeline(programme, narrator).duration_ms / 1000,
            wall_s=time.perf_counter() - begun,
            cpu_s=time.process_time() - before,
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        )
    sys.stdout.buffer.write(msgspec.json.encode(took))


if __name__ == "__main__":
    main(sys.argv[1])
