from fractions import Fraction

import av
import numpy as np

from audio.sound import RATE, Mono

HIGH_PASS_HZ = 70
"""Below it there is handling noise, hum of mains and no voice (audio.md, Uploads)."""


class HighPass:
    """Takes constant offset and rumble out of mono sound that passes by in pieces; no sample is added or lost."""

    def __init__(self) -> None:
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(sample_rate=RATE, format="fltp", layout="mono", time_base=Fraction(1, RATE))
        filtering = self._graph.add("highpass", f"f={HIGH_PASS_HZ}")
        sink = self._graph.add("abuffersink")
        source.link_to(filtering)
        filtering.link_to(sink)
        self._graph.configure()
        self._offset: np.float32 | None = None
        self._at = 0

    def __call__(self, sound: Mono) -> Mono:
        """Return the next piece without what is too low to be a voice."""
        if self._offset is None:
            # Otherwise a recording with an offset would begin with a thump.
            self._offset = np.float32(sound.mean())
        frame = av.AudioFrame.from_ndarray((sound - self._offset)[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._at
        self._at += len(sound)
        self._graph.push(frame)
        return np.asarray(self._graph.pull().to_ndarray()[0], np.float32)
