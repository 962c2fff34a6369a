"""Composing: pydub sees fixed windows of raw 32-bit PCM at 48 kHz and nothing else (audio.md, its table of traps)."""

import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from audio.beds import PERIOD_S, warm_bed, warm_bed_in_one
from audio.cues import BELL_SOUND_MS, bell, breath_of
from audio.master import Meter, limit
from audio.sound import RATE, SAMPLES_PER_MS, Mono, Stereo, ratio
from audio.timeline import Timeline
from audio.voices import Narrator

with warnings.catch_warnings():
    # pydub 0.25.1 is older than Python's warnings about its regular expressions, and wants ffmpeg, which it never gets.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

WINDOW_MS = 10_000
DUCK_DB = -4.0
DUCK_RAMP_MS = 600
FADE_IN_MS = 3_000
FADE_OUT_MS = 6_000
_FULL_SCALE = 2.0**30
"""Half of 32 bits: `overlay` saturates silently, so the mix keeps 6 dB of room."""
_BED_WINDOWS = PERIOD_S * 1000 // WINDOW_MS


class Mix:
    """One timeline as sound, window by window; memory does not grow with its length."""

    def __init__(self, timeline: Timeline, narrator: Narrator, *, gain_db: float, ceiling_db: float) -> None:
        self._timeline = timeline
        self._narrator = narrator
        self._gain = ratio(gain_db)
        self._ceiling_db = ceiling_db
        self._duck = _duck_line(timeline)

    @property
    def windows(self) -> int:
        """How many windows there are; the last one may be shorter."""
        return -(-self._timeline.duration_ms // WINDOW_MS)

    def window(self, index: int) -> Stereo:
        """Return one window, shape (frames, 2), bed and voices and cues together."""
        segment = _segment(warm_bed()[self._bed_part(index)] * self._bed_level(index)[:, None])
        for offset_ms, sound in self._sounds(index):
            segment = segment.overlay(_segment(np.repeat(sound[:, None], 2, axis=1)), position=offset_ms)
        pcm = np.frombuffer(segment.raw_data, np.int32)
        return pcm.reshape(-1, 2).astype(np.float32) / np.float32(_FULL_SCALE)

    def loudness(self) -> float:
        """Return the integrated loudness of the mix in LUFS, from a quick mono sum without pydub.

        Speech and cues stand in the middle, where one channel reads 3.01 LU less than two.
        """
        meter = Meter(1)
        for index in range(self.windows):
            window = warm_bed_in_one()[self._bed_part(index)] * self._bed_level(index)
            for offset_ms, sound in self._sounds(index):
                start = offset_ms * SAMPLES_PER_MS
                window[start : start + len(sound)] += sound
            meter.add(window)
        return meter.lufs + 3.01

    def _bed_part(self, index: int) -> slice:
        start_ms, end_ms = self._span(index)
        first = index % _BED_WINDOWS * WINDOW_MS * SAMPLES_PER_MS
        return slice(first, first + (end_ms - start_ms) * SAMPLES_PER_MS)

    def _bed_level(self, index: int) -> Mono:
        times = np.arange(*self._span(index))
        level = 10 ** (np.interp(times, *self._duck) / 20) * _fades(times, self._timeline.duration_ms) * self._gain
        return np.repeat(level.astype(np.float32), SAMPLES_PER_MS)

    def _span(self, index: int) -> tuple[int, int]:
        return index * WINDOW_MS, min((index + 1) * WINDOW_MS, self._timeline.duration_ms)

    def _sounds(self, index: int) -> Iterator[tuple[int, Mono]]:
        start_ms, end_ms = self._span(index)
        for speech in self._timeline.speech:
            if speech.at_ms < end_ms and speech.at_ms + speech.duration_ms > start_ms:
                clip = limit(self._narrator.samples(speech.text) * np.float32(self._gain), self._ceiling_db)
                yield _cut(speech.at_ms, clip, start_ms, end_ms)
        for pace in self._timeline.paces:
            length_ms = pace.inhale_ms + pace.hold_ms + pace.exhale_ms
            if pace.at_ms < end_ms and pace.at_ms + length_ms > start_ms:
                yield _cut(pace.at_ms, breath_of(pace) * np.float32(self._gain), start_ms, end_ms)
        for at_ms in self._timeline.bells_ms:
            if at_ms < end_ms and at_ms + BELL_SOUND_MS > start_ms:
                yield _cut(at_ms, bell() * np.float32(self._gain), start_ms, end_ms)


def middle(sound: Stereo) -> Mono:
    """Return both channels as one, half of each."""
    return (sound[:, 0] + sound[:, 1]) * np.float32(0.5)


def _cut(at_ms: int, sound: Mono, start_ms: int, end_ms: int) -> tuple[int, Mono]:
    skipped = max(0, start_ms - at_ms) * SAMPLES_PER_MS
    kept = (end_ms - max(start_ms, at_ms)) * SAMPLES_PER_MS
    return max(0, at_ms - start_ms), sound[skipped : skipped + kept]


def _segment(sound: Stereo) -> AudioSegment:
    pcm = (sound * np.float32(_FULL_SCALE)).astype(np.int32)
    return AudioSegment(pcm.tobytes(), sample_width=4, frame_rate=RATE, channels=2)


def _fades(times: npt.NDArray[np.int64], duration_ms: int) -> npt.NDArray[np.float64]:
    edges = np.minimum(times / FADE_IN_MS, (duration_ms - times) / FADE_OUT_MS)
    return np.sin(np.clip(edges, 0, 1) * np.pi / 2) ** 2


def _duck_line(timeline: Timeline) -> tuple[list[int], list[float]]:
    times, levels = [0], [0.0]
    spans: list[list[int]] = []
    for speech in timeline.speech:
        end_ms = speech.at_ms + speech.duration_ms
        if spans and speech.at_ms - spans[-1][1] < 2 * DUCK_RAMP_MS:
            spans[-1][1] = end_ms
        else:
            spans.append([speech.at_ms, end_ms])
    for start_ms, end_ms in spans:
        times += [start_ms - DUCK_RAMP_MS, start_ms, end_ms, end_ms + DUCK_RAMP_MS]
        levels += [0.0, DUCK_DB, DUCK_DB, 0.0]
    return times, levels
