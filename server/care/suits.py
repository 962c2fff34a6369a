"""What the catalogue says of the exercises of a set, without knowing anything of the person.

What a person's own flags make of an exercise is not asked here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from server.care.findings import Finding
from server.care.items import PinnedExercise, PracticeItem
from server.care.occurrences import Offered
from server.catalogue.reference import SuitabilityRule
from server.catalogue.resolve import plan_of
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import Snapshot
from server.catalogue.suitability.conditions import applies
from server.catalogue.suitability.traits import longest_silence
from server.catalogue.vocabulary import Action, Flag, Length
from server.catalogue.withdrawal import Tombstone

DAY: Final = timedelta(days=1)
# Nobody has said anything of this person, and the hours after a session.
NO_SCREENING: Final[Flag] = "unscreened"
AFTER_DOSE: Final[Flag] = "after_dose_2_24h"

_WHEN: Final[Mapping[Flag, str]] = {
    NO_SCREENING: "for somebody of whom no screening is on file",
    AFTER_DOSE: "in the hours after a session",
}
_ACTIONS: Final[Mapping[Action, str]] = {
    "exclude": "The rules leave this exercise out {when}.",
    "restrict": "The rules leave this exercise out {when}.",
    "approve": "The rules ask a therapist to agree to this exercise {when}.",
    "adapt": "The rules change this exercise {when}.",
    "caution": "The rules have something to say about this exercise {when}.",
}


def of_exercises(items: Iterable[PracticeItem], catalogue: Snapshot) -> Iterator[Finding]:
    """Tell of each exercise what is true of it on all days."""
    for place, item in enumerate(items):
        for choice in item.choices:
            exercise = catalogue.exercises.get(choice.exercise)
            tombstone = catalogue.graveyard.of(choice.exercise, choice.exercise_version)
            if exercise is None or tombstone is not None:
                found = _of_missing(tombstone)
            else:
                found = _of_exercise(exercise, choice, item.length, catalogue)
            yield from (replace(each, item=place, exercise=choice.exercise) for each in found)


def of_session_days(
    planned: Iterable[Offered], dosing: frozenset[date], places: Mapping[UUID, int], catalogue: Snapshot
) -> Iterator[Finding]:
    """Tell which exercises would be offered on a dosing day or the day after and are not made for it."""
    touched: dict[PracticeItem, set[date]] = defaultdict(set)
    for each in planned:
        if {each.date, each.date - DAY} & dosing:
            touched[each.item].add(each.date)
    for item, dates in touched.items():
        on_day = tuple(sorted(dates & dosing))
        after = tuple(sorted(dates - dosing))
        for exercise in (
            catalogue.exercises[each.exercise] for each in item.choices if each.exercise in catalogue.exercises
        ):
            found = [*_on_session_day(exercise, item.length, on_day, catalogue), *_on_day_after(exercise, after)]
            yield from (replace(each, item=places[item.id], exercise=exercise.slug) for each in found)


def _of_missing(tombstone: Tombstone | None) -> Iterator[Finding]:
    detail = "The catalogue no longer offers this exercise."
    if tombstone is not None and tombstone.replaced_by is not UNSET:
        detail = f"The catalogue no longer offers this exercise; {tombstone.replaced_by} replaces it."
    yield Finding(code="not_offered", severity="warn", detail=detail)


def _of_exercise(exercise: Exercise, pinned: PinnedExercise, length: Length, catalogue: Snapshot) -> Iterator[Finding]:
    if exercise.review.status != "approved":
        yield Finding(code="not_reviewed", severity="info", detail="No clinician has reviewed this exercise yet.")
    if exercise.content_version > pinned.exercise_version:
        yield Finding(code="newer_version", severity="info", detail="There is a newer version of this exercise.")
    yield from _by_rules(exercise, length, NO_SCREENING, (), catalogue)


def _on_session_day(
    exercise: Exercise, length: Length, dates: tuple[date, ...], catalogue: Snapshot
) -> Iterator[Finding]:
    if not dates:
        return
    if "dosing_day" not in exercise.phases:
        detail = "On a day of treatment only exercises that are made for it are offered."
        finding = Finding(code="session_day", severity="warn", detail=detail, dates=dates)
        lists = (rule.id for rule in catalogue.rules.rules if rule.flag == AFTER_DOSE and rule.when.field == "any")
        yield next((replace(finding, rule_id=each) for each in lists), finding)
    elif exercise.dose_window == "after":
        yield from _by_rules(exercise, length, AFTER_DOSE, dates, catalogue)


def _on_day_after(exercise: Exercise, dates: tuple[date, ...]) -> Iterator[Finding]:
    if dates and "integration" not in exercise.phases and exercise.dose_window != "after":
        detail = "The first day after a session is for exercises of integration, or made for these hours."
        yield Finding(code="day_after", severity="info", detail=detail, dates=dates)


def _by_rules(
    exercise: Exercise, length: Length, flag: Flag, dates: tuple[date, ...], catalogue: Snapshot
) -> Iterator[Finding]:
    """Tell every rule of a flag that looks at something this exercise has; those for all exercises are no news."""
    seconds, silence = plan_of(exercise, length).seconds, longest_silence(exercise, length)
    for rule in catalogue.rules.rules:
        asked = rule.flag == flag and rule.when.field != "any"
        if asked and applies(rule.when, exercise, seconds=seconds, silence=silence):
            yield _told(rule, dates)


def _told(rule: SuitabilityRule, dates: tuple[date, ...]) -> Finding:
    return Finding(
        code="rule",
        severity="info" if rule.action in {"adapt", "caution"} else "warn",
        detail=_ACTIONS[rule.action].replace("{when}", _WHEN[rule.flag]),
        dates=dates,
        rule_id=rule.id,
    )
