"""What is read and felt while it is heard: WebVTT captions and the cue sheet, from the one timeline."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from audio.timeline import BELL_MS, Caption, Pace, Timeline

CueKind = Literal["inhale", "hold", "exhale", "bell"]
Haptic = Literal["rise", "fall", "soft"]
_HAPTICS: dict[CueKind, Haptic] = {"inhale": "rise", "hold": "soft", "exhale": "fall", "bell": "soft"}
_BLOCK = re.compile(r"(\d+):(\d+):(\d+)\.(\d{3}) --> (\d+):(\d+):(\d+)\.(\d{3})\n(.*)")


class CuePoint(Struct, frozen=True, kw_only=True):
    """One thing to show or feel: start and length in seconds, to the millisecond."""

    t: float
    kind: CueKind
    dur: float
    haptic: Haptic


def webvtt(timeline: Timeline) -> str:
    """Return the captions as a WebVTT file; arrows and markup characters of the words are escaped."""
    blocks = [
        f"{number}\n{_clock(caption.at_ms)} --> {_clock(caption.until_ms)}\n{_escaped(caption.text)}\n"
        for number, caption in enumerate(timeline.captions, start=1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def read_webvtt(captions: str) -> Iterator[Caption]:
    """Yield the captions of a file that `webvtt` has written."""
    for match in _BLOCK.finditer(captions):
        *parts, text = match.groups()
        start_ms, end_ms = (
            ((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (map(int, parts[:4]), map(int, parts[4:]))
        )
        yield Caption(at_ms=start_ms, until_ms=end_ms, text=_plain(text))


def cue_sheet(timeline: Timeline) -> tuple[CuePoint, ...]:
    """Return the breaths' phases and the bells in order of time."""
    points = [point for pace in timeline.paces for point in _phases(pace)]
    points += [_point("bell", at_ms, BELL_MS) for at_ms in timeline.bells_ms]
    return tuple(sorted(points, key=lambda point: point.t))


def _phases(pace: Pace) -> list[CuePoint]:
    phases: tuple[tuple[CueKind, int], ...] = (
        ("inhale", pace.inhale_ms),
        ("hold", pace.hold_ms),
        ("exhale", pace.exhale_ms),
        ("hold", pace.rest_ms),
    )
    points = []
    at_ms = pace.at_ms
    for kind, length_ms in phases:
        if length_ms:
            points.append(_point(kind, at_ms, length_ms))
        at_ms += length_ms
    return points


def _point(kind: CueKind, at_ms: int, length_ms: int) -> CuePoint:
    return CuePoint(t=at_ms / 1000, kind=kind, dur=length_ms / 1000, haptic=_HAPTICS[kind])


def _clock(at_ms: int) -> str:
    seconds, thousandths = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
