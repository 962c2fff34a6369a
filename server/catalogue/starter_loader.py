"""Reads `content/sets`: every starter set that is whole, and every finding of those that are not."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from server.catalogue import tree
from server.catalogue.agreement import PlanProblem, repeats
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.source import name_of, read_text, shown
from server.catalogue.starter import StarterSet
from server.catalogue.tree import Tree

SOURCE_LANGUAGE = "en"


class LoadedSet(NamedTuple):
    """A starter set, what findings call its file, and the file's lines."""

    starter: StarterSet
    path: str
    tree: Tree


def load_starter_sets(folder: Path) -> tuple[list[LoadedSet], list[Finding]]:
    """Read every starter set below `folder/sets`, in the order of their slugs; a catalogue may have none.

    A set with an error of the format (C01 to C03, C11, C13) is reported and not returned.
    """
    loaded: list[LoadedSet] = []
    findings: list[Finding] = []
    sets = folder / "sets"
    for file in sorted(sets.iterdir()) if sets.is_dir() else ():
        path = f"{name_of(folder)}/sets/{shown(file.name)}"
        if file.name.startswith("."):
            continue
        one, found = _load(file, path, folder / "exercises")
        findings += found
        loaded += [one] if one else []
    return loaded, findings


def _load(file: Path, path: str, exercises: Path) -> tuple[LoadedSet | None, list[Finding]]:
    text = read_text(file, path)
    parsed = text if isinstance(text, Finding) else tree.parse(text, path)
    if isinstance(parsed, Finding):
        return None, [parsed]
    starter = decode(parsed, StarterSet, path)
    if isinstance(starter, list):
        return None, starter
    problems = [*repeats(parsed.value, ()), *_problems(starter, file, exercises)]
    findings = [broken(path, parsed.line(route), rule, detail) for route, rule, detail in problems]
    return (None if findings else LoadedSet(starter, path, parsed)), findings


def _problems(starter: StarterSet, file: Path, exercises: Path) -> Iterator[PlanProblem]:
    if file.name != f"{starter.slug}.yaml":
        yield ("slug",), "C13", "the slug is not the file's name"
    if SOURCE_LANGUAGE not in starter.words:
        yield ("words",), "C13", f"there are no words in `{SOURCE_LANGUAGE}`"
    for index, item in enumerate(starter.items):
        route = ("items", index)
        if not (exercises / item.exercise).is_dir():
            yield (*route, "exercise"), "C13", f"there is no exercise `{item.exercise}`"
        if item.to_day < item.from_day:
            yield (*route, "to_day"), "C13", "the window ends before it begins"
        if item.anchor == "calendar" and (item.from_day, item.to_day) != (0, 0):
            yield (*route, "from_day"), "C13", "the calendar has no days before or after"
