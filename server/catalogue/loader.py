"""Reads `content/exercises`: every exercise that is whole, and every finding of those that are not."""

import re
from pathlib import Path
from typing import NamedTuple

from server.catalogue import tree
from server.catalogue.agreement import plan_problems, word_problems
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.schemas import Exercise, ExerciseFile, Words
from server.catalogue.script import parse_words
from server.catalogue.source import name_of, read_text, shown
from server.catalogue.tree import Tree
from server.catalogue.withdrawal import withdrawal_problems

SOURCE_LANGUAGE = "en"
EXERCISE_FILE = "exercise.yaml"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[A-Z]{2})?)\.md\Z")


class Loaded(NamedTuple):
    """An exercise, the folder findings name it by, and the lines of its exercise.yaml."""

    exercise: Exercise
    path: str
    tree: Tree

    def words_path(self, language: str) -> str:
        """Return what findings call the words file of a language."""
        return f"{self.path}/{language}.md"


def load_exercises(folder: Path) -> tuple[list[Loaded], list[Finding]]:
    """Read every exercise below `folder/exercises`, in the order of their slugs.

    An exercise with an error of the format (C01 to C11, C17) is reported and not returned.
    """
    name = f"{name_of(folder)}/exercises"
    try:
        entries = sorted((folder / "exercises").iterdir())
    except OSError:
        return [], [broken(name, 1, "C05", "the folder is missing")]
    loaded: list[Loaded] = []
    findings: list[Finding] = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{name}/{shown(entry.name)}"
        if not entry.is_dir() or not _SLUG.match(entry.name):
            findings.append(broken(path, 1, "C05", "this is no folder with a slug as its name"))
            continue
        one, found = _load_exercise(entry, path)
        findings += found
        loaded += [one] if one else []
    return _without_wrong_withdrawals(loaded, findings)


def _without_wrong_withdrawals(loaded: list[Loaded], findings: list[Finding]) -> tuple[list[Loaded], list[Finding]]:
    known = {one.exercise.slug: one.exercise for one in loaded}
    whole: list[Loaded] = []
    for one in loaded:
        place = f"{one.path}/{EXERCISE_FILE}"
        found = [
            broken(place, one.tree.line(route), rule, detail)
            for route, rule, detail in withdrawal_problems(one.exercise, known)
        ]
        findings += found
        whole += [] if found else [one]
    return whole, findings


def _load_exercise(folder: Path, path: str) -> tuple[Loaded | None, list[Finding]]:
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return None, [broken(path, 1, "C05", "the folder cannot be read")]
    findings = [
        broken(f"{path}/{shown(name)}", 1, "C05", "this file has no place here")
        for name in names
        if name != EXERCISE_FILE and not _LANGUAGE.match(name) and not name.startswith(".")
    ]
    words, found = _load_languages(folder, path, names)
    findings += found
    plan, parsed, found = _load_plan(folder, f"{path}/{EXERCISE_FILE}")
    findings += found
    if plan is None:
        return None, findings
    for language, one in words.items():
        place = f"{path}/{language}.md"
        findings += [broken(place, line, rule, detail) for line, rule, detail in word_problems(plan, one)]
    if findings:
        return None, findings
    exercise = Exercise(**{field: getattr(plan, field) for field in plan.__struct_fields__}, words=words)
    return Loaded(exercise, path, parsed), []


def _load_plan(folder: Path, name: str) -> tuple[ExerciseFile | None, Tree, list[Finding]]:
    text = read_text(folder / EXERCISE_FILE, name)
    parsed = text if isinstance(text, Finding) else tree.parse(text, name)
    if isinstance(parsed, Finding):
        return None, Tree(), [parsed]
    plan = decode(parsed, ExerciseFile, name)
    if isinstance(plan, list):
        return None, parsed, plan
    problems = plan_problems(plan, parsed, folder.name)
    return plan, parsed, [broken(name, parsed.line(route), rule, detail) for route, rule, detail in problems]


def _load_languages(folder: Path, path: str, names: list[str]) -> tuple[dict[str, Words], list[Finding]]:
    words: dict[str, Words] = {}
    findings: list[Finding] = []
    languages = {match[1] for name in names if (match := _LANGUAGE.match(name))}
    for language in sorted(languages | {SOURCE_LANGUAGE}):
        place = f"{path}/{language}.md"
        text = read_text(folder / f"{language}.md", place)
        if isinstance(text, Finding):
            findings.append(text)
            continue
        parsed, found = parse_words(text, language, place)
        findings += found
        if parsed:
            words[language] = parsed
    return words, findings
