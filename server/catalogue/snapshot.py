"""The catalogue as the server holds it: compiled once from the content folder, never changed."""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from server.catalogue.findings import Finding, errors
from server.catalogue.loader import load_exercises
from server.catalogue.reference import NO_RULES, SuitabilityRules
from server.catalogue.reference_loader import load_rules
from server.catalogue.resolve import resolve as script_of
from server.catalogue.schemas import Exercise
from server.catalogue.starter import StarterSet
from server.catalogue.starter_loader import load_starter_sets
from server.catalogue.suitability.decide import Suitability
from server.catalogue.telling import detail_of, summary_of, text_of, url_of
from server.catalogue.views import ExerciseDetail, ExerciseSummary, ExerciseText
from server.catalogue.ways import SwapReason, Ways
from server.catalogue.ways_loader import load_ways
from server.catalogue.withdrawal import Graveyard, tombstones_of

__all__ = ["ContentError", "Snapshot", "compile_snapshot", "load_snapshot", "script_of"]


class ContentError(Exception):
    """The content folder has errors of its format; `findings` has all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """Every exercise that is not withdrawn, by slug, and what the API says of each, by slug and language.

    `suitability` says which exercises suit whom; `rule_texts` are its texts by language, by their English words.
    `starter_sets` are those that are not withdrawn and name no withdrawn exercise, by slug.
    `graveyard` tells what was withdrawn; `recalled` are the exercises that no sound may be given of any more.
    `ways` are swaps between these exercises, the stages of tracks, and what the vocabulary is called.
    `version` is the hash of all content, 16 hex digits: equal content, equal version.
    """

    version: str
    exercises: Mapping[str, Exercise]
    summaries: Mapping[tuple[str, str], ExerciseSummary]
    texts: Mapping[tuple[str, str], ExerciseText]
    details: Mapping[tuple[str, str], ExerciseDetail]
    rules: SuitabilityRules
    rule_texts: Mapping[str, Mapping[str, str]]
    suitability: Suitability
    starter_sets: Mapping[str, StarterSet]
    graveyard: Graveyard
    recalled: tuple[Exercise, ...]
    ways: Ways

    def language_for(self, exercise: Exercise, locale: str) -> str | None:
        """Choose the language of an exercise for a locale."""
        return language_of(exercise.words, locale)

    def rule_texts_for(self, locale: str) -> Mapping[str, str]:
        """Return the texts of the rules for a locale, by their English words; none where those are to be told."""
        return self.rule_texts.get(language_of(self.rule_texts, locale) or "", {})


def language_of(words: Container[str], locale: str) -> str | None:
    """Choose a language for a locale: the same, or it without its region (RFC 4647 3.4)."""
    return next((tag for tag in (locale, re.split("[-_]", locale)[0].lower()) if tag in words), None)


NO_WAYS: Final = Ways()


def compile_snapshot(
    exercises: Iterable[Exercise],
    rules: SuitabilityRules = NO_RULES,
    starter_sets: Iterable[StarterSet] = (),
    ways: Ways = NO_WAYS,
    rule_texts: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Snapshot:
    """Put the content together; what is withdrawn, as a whole or in one language, is left out."""
    everything = sorted(exercises, key=_slug)
    offered = [_offered(one) for one in everything if not one.review.is_withdrawn]
    kept = {one.slug: one for one in offered if one.words}
    pairs = [(one, language) for one in kept.values() for language in one.words]
    sets = {one.slug: one for one in _usable(starter_sets, kept)}
    open_ways = _passable(ways, kept)
    texts = {
        (one.slug, language): text_of(one, language, _swaps(open_ways, kept, one, language)) for one, language in pairs
    }
    graveyard = Graveyard(tombstones_of(everything))
    content = [*kept.values(), *sets.values(), open_ways, *graveyard.tombstones, rules, dict(rule_texts)]
    return Snapshot(
        version=hashlib.sha256(msgspec.msgpack.encode(content)).hexdigest()[:16],
        exercises=MappingProxyType(kept),
        summaries=MappingProxyType(
            {key: summary_of(kept[key[0]], key[1], url_of(text)) for key, text in texts.items()}
        ),
        texts=MappingProxyType(texts),
        details=MappingProxyType({key: detail_of(text) for key, text in texts.items()}),
        rules=rules,
        rule_texts=rule_texts,
        suitability=Suitability(kept.values(), rules),
        starter_sets=MappingProxyType(sets),
        graveyard=graveyard,
        recalled=tuple(one for one in everything if one.review.status == "recalled"),
        ways=open_ways,
    )


def _offered(exercise: Exercise) -> Exercise:
    words = {language: one for language, one in exercise.words.items() if not one.front.review.is_withdrawn}
    return replace(exercise, words=words)


def _usable(starter_sets: Iterable[StarterSet], exercises: Container[str]) -> Iterator[StarterSet]:
    """Leave out what could not be taken over: a withdrawn set, or one that names a withdrawn exercise."""
    for starter in sorted(starter_sets, key=_slug):
        words = {language: one for language, one in starter.words.items() if not one.review.is_withdrawn}
        known = all(item.exercise in exercises for item in starter.items)
        if known and words and not starter.review.is_withdrawn:
            yield replace(starter, words=words)


def _passable(ways: Ways, exercises: Container[str]) -> Ways:
    """Leave out what leads to or from a retired exercise."""
    swaps = tuple(swap for swap in ways.swaps if swap.source in exercises and swap.target in exercises)
    tracks = []
    for plan in ways.tracks:
        stages = [replace(each, exercises=tuple(s for s in each.exercises if s in exercises)) for each in plan.stages]
        tracks.append(replace(plan, stages=tuple(stage for stage in stages if stage.exercises)))
    return replace(ways, swaps=swaps, tracks=tuple(plan for plan in tracks if plan.stages))


def _swaps(
    ways: Ways, exercises: Mapping[str, Exercise], exercise: Exercise, language: str
) -> Iterator[tuple[SwapReason, Exercise]]:
    """Yield what can be offered in place of an exercise to whoever reads this language."""
    for swap in ways.swaps:
        if swap.source == exercise.slug and language in exercises[swap.target].words:
            yield swap.reason, exercises[swap.target]


def load_snapshot(folder: Path) -> Snapshot:
    """Compile a content folder; the lint is not run, only the format is checked.

    Raises:
        ContentError: a file breaks a rule of the format (C01 to C11, C13, C17, C18).
    """
    exercises, of_exercises = load_exercises(folder)
    rules, of_rules = load_rules(folder)
    starter_sets, of_sets = load_starter_sets(folder)
    loaded_ways, of_ways = load_ways(folder)
    if wrong := errors([*of_exercises, *of_rules, *of_sets, *of_ways]):
        raise ContentError(wrong)
    return compile_snapshot(
        (one.exercise for one in exercises),
        rules.rules if rules else NO_RULES,
        (one.starter for one in starter_sets),
        loaded_ways.ways,
        rules.texts if rules else {},
    )


def _slug(one: Exercise | StarterSet) -> str:
    return one.slug
