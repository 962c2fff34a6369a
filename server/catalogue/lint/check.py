"""The whole check of a content folder: format, reference data, every rule on every length and alt variant."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from server.catalogue.findings import Finding, broken
from server.catalogue.lint.case import Case
from server.catalogue.lint.cues import SpokenSeconds, nobody
from server.catalogue.lint.item import Item
from server.catalogue.lint.journey import Journey
from server.catalogue.lint.registry import (
    CATALOGUE_RULES,
    ITEM_RULES,
    SENTENCES,
    SET_RULES,
    TAKE_RULES,
    WAY_RULES,
    Problem,
)
from server.catalogue.lint.take import Take
from server.catalogue.loader import EXERCISE_FILE, Loaded, load_exercises
from server.catalogue.reference_loader import Reference, load_reference
from server.catalogue.schemas import LENGTHS, Exercise
from server.catalogue.source import name_of
from server.catalogue.starter_loader import LoadedSet, load_starter_sets
from server.catalogue.vocabulary import AltVariant
from server.catalogue.ways_loader import LoadedWays, load_ways


class Checked(NamedTuple):
    """Every finding, ordered by file and line, and the exercises that are whole."""

    findings: list[Finding]
    exercises: tuple[Exercise, ...]


def check_content(folder: Path, narrator: Callable[[str], SpokenSeconds] = lambda _language: nobody) -> Checked:
    """Check everything below a content folder.

    Args:
        folder: the content folder, with `exercises`, `sets`, `rules`, `evidence`, `lint` and `glossary.yaml`.
        narrator: gives for a language the real seconds of its texts in the narrator's clips; what nobody has said is
            taken to be spoken at 110 words a minute (content brief 4.2).
    """
    loaded, findings = load_exercises(folder)
    starters, found = load_starter_sets(folder)
    findings += found
    ways, found = load_ways(folder)
    findings += found
    reference, found = load_reference(folder)
    findings += found
    if reference is not None:
        findings += lint(loaded, reference, narrator)
        findings += lint_starters(starters, loaded, reference)
        findings += lint_ways(ways, loaded, reference, name_of(folder))
    return Checked(sorted(set(findings)), tuple(one.exercise for one in loaded))


def lint(loaded: list[Loaded], reference: Reference, narrator: Callable[[str], SpokenSeconds]) -> list[Finding]:
    """Apply every rule to exercises that are whole."""
    items: list[Item] = []
    findings: list[Finding] = []
    for one in loaded:
        for language, words in one.exercise.words.items():
            lexicon = reference.lexicons.get(language)
            if lexicon is None:
                detail = f"lint/words.{language}.yaml and lint/forbidden.{language}.yaml are missing"
                findings.append(broken(one.words_path(language), 1, "C12", detail))
                continue
            items.append(
                Item(loaded=one, words=words, reference=reference, lexicon=lexicon, spoken_seconds=narrator(language))
            )
    for item in items:
        findings += lint_item(item)
    for number, compare in CATALOGUE_RULES.items():
        findings += [_finding(item, number, problem, "") for item, problem in compare(items)]
    return findings


def lint_starters(starters: list[LoadedSet], loaded: list[Loaded], reference: Reference) -> list[Finding]:
    """Apply every rule of starter sets to those that are whole."""
    exercises = {one.exercise.slug: one.exercise for one in loaded}
    findings: list[Finding] = []
    for one in starters:
        case = Case(loaded=one, exercises=exercises, reference=reference)
        found = [(number, problem) for number, rule in SET_RULES.items() for problem in rule(case)]
        findings += [_set_finding(one, number, problem) for number, problem in found]
    return findings


def lint_ways(ways: LoadedWays, loaded: list[Loaded], reference: Reference, folder: str) -> list[Finding]:
    """Apply every rule of swaps and tracks."""
    exercises = {one.exercise.slug: one.exercise for one in loaded if one.exercise.review.status != "retired"}
    journey = Journey(ways=ways.ways, exercises=exercises, reference=reference)
    findings: list[Finding] = []
    for number, rule in WAY_RULES.items():
        for file, problem in rule(journey):
            name = f"{folder}/{file}"
            line = problem.where if isinstance(problem.where, int) else ways.trees[name].line(problem.where)
            sentence = f"{SENTENCES[number]}: {problem.detail}."
            findings.append(Finding(name, line, number, problem.severity, sentence))
    return findings


def lint_item(item: Item) -> list[Finding]:
    """Apply the rules that need no other exercise."""
    findings = [_finding(item, number, problem, "") for number, rule in ITEM_RULES.items() for problem in rule(item)]
    merged: dict[_Found, list[str]] = {}
    for take in takes(item):
        for found in _take_problems(take):
            names = merged.setdefault(found, [])
            if take.name not in names:
                names.append(take.name)
    findings += [_finding(item, found.rule, found.problem, _heard_in(names)) for found, names in merged.items()]
    return findings


def takes(item: Item) -> Iterator[Take]:
    """Yield every length as it is, and with each alt variant."""
    for length in LENGTHS:
        yield Take(item, length, ())
        alts: tuple[AltVariant, ...] = tuple(item.exercise.alt_variants)
        yield from (Take(item, length, (name,)) for name in alts)


class _Found(NamedTuple):
    rule: str
    problem: Problem


def _take_problems(take: Take) -> Iterator[_Found]:
    for number, rule in TAKE_RULES.items():
        for problem in rule(take):
            yield _Found(number, problem)


def _heard_in(names: list[str]) -> str:
    """Name where it is heard; a length's own name covers its alt variants."""
    lengths = [name for name in names if "+" not in name]
    rest = [name for name in names if name.split("+")[0] not in lengths]
    if len(lengths) == len(LENGTHS):
        return ""
    return f" ({', '.join([*lengths, *rest])})"


def _finding(item: Item, number: str, problem: Problem, heard_in: str) -> Finding:
    sentence = f"{SENTENCES[number]}: {problem.detail}{heard_in}."
    if isinstance(problem.where, int):
        path = item.loaded.words_path(item.words.language)
        return Finding(path, problem.where, number, problem.severity, sentence)
    path = f"{item.loaded.path}/{EXERCISE_FILE}"
    return Finding(path, item.loaded.tree.line(problem.where), number, problem.severity, sentence)


def _set_finding(loaded: LoadedSet, number: str, problem: Problem) -> Finding:
    line = problem.where if isinstance(problem.where, int) else loaded.tree.line(problem.where)
    return Finding(loaded.path, line, number, problem.severity, f"{SENTENCES[number]}: {problem.detail}.")
