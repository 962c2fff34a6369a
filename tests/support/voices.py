"""A narrator for tests: bursts of speech-like noise, the same on every run, without engine or files."""

import hashlib
from functools import lru_cache

import numpy as np

from audio.described import Origin
from audio.master import limit, loudness
from audio.phrases import text_hash
from audio.sound import RATE, SAMPLES_PER_MS, Mono, ramp, ratio
from audio.timeline import EDGE_MS
from audio.voices import Clip, MissingNarrationError, Word

CLIP_LUFS = -21.0
PEAK_DB = -4.5


NOISE = Origin(engine="kokoro", model_sha256="0" * 64, sha256="1" * 64, licence="CC0-1.0")


class Babble:
    """Says each word as a burst of voiced noise of 60 ms a letter; words in `unknown` have no clip."""

    voice = "babble"
    origin = NOISE

    def __init__(self, *, unknown: frozenset[str] = frozenset(), louder_db: float = 0) -> None:
        self._unknown = unknown
        self._louder = ratio(louder_db)

    def clip(self, text: str) -> Clip:
        if text in self._unknown:
            raise MissingNarrationError(self.voice, text)
        return Clip(
            digest=hashlib.sha256(f"{text_hash(text)} {self._louder}".encode()).hexdigest()[:24],
            duration_ms=_words(text)[-1].end_ms + EDGE_MS,
            words=_words(text),
            lufs=CLIP_LUFS,
            peak_db=PEAK_DB,
        )

    def samples(self, text: str) -> Mono:
        self.clip(text)
        return _sound(text) * np.float32(self._louder)


def _words(text: str) -> tuple[Word, ...]:
    words: list[Word] = []
    at_ms = EDGE_MS
    for word in text.split():
        length_ms = min(60 * len(word) + 120, 900)
        words.append(Word(text=word, start_ms=at_ms, end_ms=at_ms + length_ms))
        at_ms += length_ms + 40
    return tuple(words)


@lru_cache(maxsize=256)
def _sound(text: str) -> Mono:
    words = _words(text)
    sound = np.zeros((words[-1].end_ms + EDGE_MS) * SAMPLES_PER_MS, np.float32)
    random = np.random.default_rng(int(text_hash(text), 16))
    for word in words:
        frames = (word.end_ms - word.start_ms) * SAMPLES_PER_MS
        start = word.start_ms * SAMPLES_PER_MS
        sound[start : start + frames] = _burst(frames, random)
    sound *= ratio(CLIP_LUFS - loudness(np.tile(sound, 4)))
    return limit(sound, PEAK_DB)


def _burst(frames: int, random: np.random.Generator) -> Mono:
    """Return noise under a spectrum like a voice's, at 120 Hz pulses, with edges of 5 ms."""
    frequencies = np.fft.rfftfreq(frames, 1 / RATE)
    shape = 1 / (1 + (frequencies / 900) ** 2) * (frequencies > 90)
    noise = np.fft.irfft(shape * np.exp(2j * np.pi * random.random(len(frequencies))), frames)
    pulses = 0.6 + 0.4 * np.sin(2 * np.pi * 120 * np.arange(frames) / RATE)
    edge = ramp(5 * SAMPLES_PER_MS)
    burst = noise * pulses
    burst[: len(edge)] *= edge
    burst[-len(edge) :] *= edge[::-1]
    return burst.astype(np.float32)
