"""From the cleaned recording to what is delivered: cut at its edges, brought to its level, limited, faded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec import Struct

from audio.adjust import Windows
from audio.master import limit
from audio.mix import WINDOW_MS
from audio.sound import SAMPLES_PER_MS, Mono, Stereo, ratio
from audio.uploads.hearing import Heard, duration_ms, laid_down
from audio.uploads.speech import Span

EDGE_MS = 300
"""What stays before the first and after the last word (audio.md, Uploads)."""
CEILING_DB = -4.0
"""1 dB lower than for what is not limited: codecs raise the peaks of a voice that is (Opus by up to 1.3 dB)."""
_LONGEST_FADE_MS = 200
_SHORTEST_FADE_MS = 5
_AROUND_MS = 20
"""The limiter looks 12 ms around; with that much on both sides a window is limited as the whole would be."""


class Cut(Struct, frozen=True, kw_only=True):
    """The part that is kept, and how long it fades at its ends, in milliseconds."""

    start_ms: int
    end_ms: int
    fade_in_ms: int
    fade_out_ms: int

    @property
    def duration_ms(self) -> int:
        """How long the delivered recording is."""
        return self.end_ms - self.start_ms


def cut(heard: Heard, speech: tuple[Span, ...]) -> Cut:
    """Return what is kept: the speech with 300 ms around it, or everything when there is none; fades touch no word."""
    length_ms = duration_ms(heard.frames)
    first_ms, last_ms = (speech[0].start_ms, min(speech[-1].end_ms, length_ms)) if speech else (0, length_ms)
    start_ms, end_ms = max(0, first_ms - EDGE_MS), min(length_ms, last_ms + EDGE_MS)
    return Cut(
        start_ms=start_ms, end_ms=end_ms, fade_in_ms=_fade(first_ms - start_ms), fade_out_ms=_fade(end_ms - last_ms)
    )


def _fade(free_ms: int) -> int:
    return min(max(free_ms, _SHORTEST_FADE_MS), _LONGEST_FADE_MS)


def windows_of(spool: Path, kept: Cut) -> Windows:
    """Return what makes the kept part anew for a gain and a ceiling, the voice in both channels."""

    def windows(gain_db: float, ceiling_db: float) -> Iterator[Stereo]:
        for at_ms in range(kept.start_ms, kept.end_ms, WINDOW_MS):
            until_ms = min(at_ms + WINDOW_MS, kept.end_ms)
            sound = _limited(spool, at_ms, until_ms, ratio(gain_db), ceiling_db)
            yield np.repeat(_faded(sound, kept, at_ms)[:, None], 2, axis=1)

    return windows


def _limited(spool: Path, at_ms: int, until_ms: int, gain: float, ceiling_db: float) -> Mono:
    before_ms = min(_AROUND_MS, at_ms)
    start = (at_ms - before_ms) * SAMPLES_PER_MS
    sound = laid_down(spool, start, (until_ms + _AROUND_MS) * SAMPLES_PER_MS - start) * np.float32(gain)
    first = before_ms * SAMPLES_PER_MS
    return limit(sound, ceiling_db)[first : first + (until_ms - at_ms) * SAMPLES_PER_MS]


def _faded(sound: Mono, kept: Cut, at_ms: int) -> Mono:
    times = at_ms + np.arange(len(sound), dtype=np.float32) / SAMPLES_PER_MS
    edges = np.minimum((times - kept.start_ms) / kept.fade_in_ms, (kept.end_ms - times) / kept.fade_out_ms)
    return np.asarray(sound * np.sin(np.clip(edges, 0, 1) * (np.pi / 2)) ** 2, np.float32)
