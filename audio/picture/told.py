"""What is told beside a rendition, and what follows from it: how breaths move, and where nothing is to be heard."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from audio.captions import CueKind, CuePoint
from audio.timeline import Caption, Mark

SHORTEST_PAUSE_MS = 1_000
PhaseName = Literal["in", "hold", "out", "rest", "bell"]
_NAMES: dict[CueKind, PhaseName] = {"inhale": "in", "hold": "hold", "exhale": "out", "bell": "bell"}


class Told(Struct, frozen=True, kw_only=True):
    """What is told beside the sound."""

    title: str
    duration_ms: int
    captions: tuple[Caption, ...]
    cues: tuple[CuePoint, ...]
    chapters: tuple[Mark, ...]


class Phase(Struct, frozen=True, kw_only=True):
    """A part of a breath, or a bell."""

    start_ms: int
    end_ms: int
    name: PhaseName


def phases(told: Told) -> Iterator[Phase]:
    """Yield what the cue sheet says; a hold after the out-breath is a rest."""
    emptied = False
    for cue in told.cues:
        start_ms = round(cue.t * 1000)
        name = "rest" if cue.kind == "hold" and emptied else _NAMES[cue.kind]
        emptied = emptied if name == "bell" else name in {"out", "rest"}
        yield Phase(start_ms=start_ms, end_ms=start_ms + round(cue.dur * 1000), name=name)


def pauses(told: Told) -> Iterator[tuple[int, int]]:
    """Yield where, for a second or longer, nobody speaks, no breath is led and no bell rings."""
    busy = [(each.at_ms, each.until_ms) for each in told.captions]
    busy += [(each.start_ms, each.end_ms) for each in phases(told)]
    free_ms = 0
    for start_ms, end_ms in [*sorted(busy), (told.duration_ms, told.duration_ms)]:
        if start_ms - free_ms >= SHORTEST_PAUSE_MS:
            yield free_ms, start_ms
        free_ms = max(free_ms, end_ms)
