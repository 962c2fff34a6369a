"""The catalogue as the server holds it: compiled once from the content folder, never changed."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from server.catalogue.findings import Finding, errors
from server.catalogue.loader import load_exercises
from server.catalogue.reference import SuitabilityRule
from server.catalogue.reference_loader import load_rules
from server.catalogue.resolve import resolve as script_of
from server.catalogue.schemas import Exercise
from server.catalogue.views import ExerciseDetail, ExerciseSummary, detail_of, summary_of

__all__ = ["ContentError", "Snapshot", "compile_snapshot", "load_snapshot", "script_of"]


class ContentError(Exception):
    """The content folder has errors of its format; `findings` has all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """Every exercise that is not retired, by slug, and what the API says of each, by slug and language.

    `rules` say which exercises suit whom.
    `version` is the hash of all content, 16 hex digits: equal content, equal version.
    """

    version: str
    exercises: Mapping[str, Exercise]
    summaries: Mapping[tuple[str, str], ExerciseSummary]
    details: Mapping[tuple[str, str], ExerciseDetail]
    rules: tuple[SuitabilityRule, ...]

    def language_for(self, exercise: Exercise, locale: str) -> str | None:
        """Choose the language of an exercise for a locale: the same, or it without its region (RFC 4647 3.4)."""
        for tag in (locale, re.split("[-_]", locale)[0].lower()):
            if tag in exercise.words:
                return tag
        return None


def compile_snapshot(exercises: Iterable[Exercise], rules: Iterable[SuitabilityRule] = ()) -> Snapshot:
    """Put exercises together; what is retired, an exercise or its words in one language, is left out."""
    offered = [_offered(one) for one in sorted(exercises, key=_slug) if one.review.status != "retired"]
    kept = {one.slug: one for one in offered if one.words}
    pairs = [(one, language) for one in kept.values() for language in one.words]
    return Snapshot(
        version=hashlib.sha256(msgspec.msgpack.encode(list(kept.values()))).hexdigest()[:16],
        exercises=MappingProxyType(kept),
        summaries=MappingProxyType({(one.slug, language): summary_of(one, language) for one, language in pairs}),
        details=MappingProxyType({(one.slug, language): detail_of(one, language) for one, language in pairs}),
        rules=tuple(rules),
    )


def _offered(exercise: Exercise) -> Exercise:
    words = {language: one for language, one in exercise.words.items() if one.front.review.status != "retired"}
    return replace(exercise, words=words)


def load_snapshot(folder: Path) -> Snapshot:
    """Compile the exercises and rules of a content folder; the lint is not run, only the format is checked.

    Raises:
        ContentError: a file breaks a rule of the format (C01 to C11).
    """
    loaded, findings = load_exercises(folder)
    rules, of_rules = load_rules(folder)
    if wrong := errors([*findings, *of_rules]):
        raise ContentError(wrong)
    return compile_snapshot((one.exercise for one in loaded), rules)


def _slug(exercise: Exercise) -> str:
    return exercise.slug
