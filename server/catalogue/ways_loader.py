"""Reads swaps, tracks and labels, and checks that they name what is there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, get_args

from server.catalogue import tree, vocabulary
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.reference import Glossary
from server.catalogue.source import name_of, read_text, shown
from server.catalogue.tree import Route, Tree
from server.catalogue.ways import Labels, SwapsFile, TracksFile, Ways

SWAPS, TRACKS, LABELS, GLOSSARY = "swaps.yaml", "tracks.yaml", "labels", "glossary.yaml"
SOURCE_LANGUAGE = "en"
LISTS: Final[Mapping[str, Any]] = {
    "techniques": vocabulary.Technique,
    "methods": vocabulary.Method,
    "tracks": vocabulary.Track,
    "phases": vocabulary.Phase,
    "postures": vocabulary.Posture,
    "anchors": vocabulary.Anchor,
    "arousal": vocabulary.Arousal,
    "attention": vocabulary.Attention,
}
T = TypeVar("T")
WayProblem = tuple[Route, str, str]


class LoadedWays(NamedTuple):
    """The ways, and the lines of their two files by what findings call them."""

    ways: Ways
    trees: Mapping[str, Tree]


def load_ways(folder: Path) -> tuple[LoadedWays, list[Finding]]:
    """Read `swaps.yaml`, `tracks.yaml`, the labels and the glossary's own; a catalogue may have none of them.

    What has an error of the format (C01 to C03, C18) is reported and left out.
    """
    known = {entry.name for entry in (folder / "exercises").glob("*") if entry.is_dir()}
    reader = _Reader(folder)
    swaps = reader.read(SWAPS, SwapsFile, lambda file: _swap_problems(file, known))
    tracks = reader.read(TRACKS, TracksFile, lambda file: _track_problems(file, known))
    ways = Ways(
        swaps=swaps.swaps if swaps else (),
        stages=tracks.stages if tracks else {},
        tracks=tracks.tracks if tracks else (),
        labels=dict(_labels(reader)),
    )
    return LoadedWays(ways, reader.trees), reader.findings


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.trees: dict[str, Tree] = {}

    def read(self, place: str, kind: type[T], problems: Callable[[T], Iterable[WayProblem]]) -> T | None:
        """Read one file if it is there and whole."""
        if not (self.folder / place).exists():
            return None
        name = f"{name_of(self.folder)}/{shown(place)}"
        text = read_text(self.folder / place, name)
        parsed = text if isinstance(text, Finding) else tree.parse(text, name)
        found = [parsed] if isinstance(parsed, Finding) else decode(parsed, kind, name)
        if isinstance(parsed, Finding) or isinstance(found, list):
            self.findings += found if isinstance(found, list) else []
            return None
        self.trees[name] = parsed
        wrong = [broken(name, parsed.line(route), rule, detail) for route, rule, detail in problems(found)]
        self.findings += wrong
        return None if wrong else found


def _labels(reader: _Reader) -> Iterator[tuple[str, Labels]]:
    glossary = reader.read(GLOSSARY, Glossary, lambda _: ())
    if glossary:
        lists = {name: {key: term.label for key, term in getattr(glossary, name).items()} for name in LISTS}
        yield SOURCE_LANGUAGE, Labels(review=glossary.review, **lists)
    for file in sorted((reader.folder / LABELS).glob("*.yaml")):
        labels = reader.read(f"{LABELS}/{file.name}", Labels, _label_problems)
        if labels:
            yield file.stem, labels


def _label_problems(labels: Labels) -> Iterator[WayProblem]:
    for name, words in LISTS.items():
        for word in sorted(set(get_args(words)) - getattr(labels, name).keys()):
            yield (name,), "C18", f"the label of `{word}` is missing"


def _swap_problems(file: SwapsFile, known: set[str]) -> Iterator[WayProblem]:
    times = Counter((swap.source, swap.target) for swap in file.swaps)
    for index, swap in enumerate(file.swaps):
        for key, slug in (("from", swap.source), ("to", swap.target)):
            if slug not in known:
                yield ("swaps", index, key), "C18", f"there is no exercise `{slug}`"
        if swap.source == swap.target or times[swap.source, swap.target] > 1:
            yield ("swaps", index), "C18", f"`{swap.source}` leads to `{swap.target}` more than once, or to itself"


def _track_problems(file: TracksFile, known: set[str]) -> Iterator[WayProblem]:
    for index, plan in enumerate(file.tracks):
        if SOURCE_LANGUAGE not in plan.words:
            yield ("tracks", index, "words"), "C18", f"there are no words in `{SOURCE_LANGUAGE}`"
        if plan.track in {other.track for other in file.tracks[:index]}:
            yield ("tracks", index, "track"), "C18", f"the track `{plan.track}` stands here a second time"
        for at, stage in enumerate(plan.stages):
            route: Route = ("tracks", index, "stages", at)
            if stage.phase not in file.stages:
                yield (*route, "phase"), "C18", f"the stage `{stage.phase}` has no words"
            for place, slug in enumerate(stage.exercises):
                if slug not in known:
                    yield (*route, "exercises", place), "C18", f"there is no exercise `{slug}`"
                if slug in stage.exercises[:place]:
                    yield (*route, "exercises", place), "C18", f"`{slug}` stands here a second time"
