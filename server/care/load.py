"""How much a day would hold: figures that advise, and are design choices, not evidence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from server.care.findings import Code, Finding
from server.care.items import AsNeeded, PracticeItem
from server.care.occurrences import Offered
from server.catalogue.resolve import plan_of
from server.catalogue.schemas import Exercise

# More than this on one day is said.
MOST_PRACTICES: Final = 4
MOST_MINUTES: Final = 30
MOST_INWARD: Final = 1
# From this interoceptive load on an exercise turns the attention far inward.
INWARD: Final = 4

_TOLD: Final[Mapping[Code, str]] = {
    "many_practices": f"More than {MOST_PRACTICES} practices are planned for each of these days.",
    "long_day": f"More than {MOST_MINUTES} minutes of practice are planned for each of these days.",
    "inward_day": "More than one practice of these days turns the attention far inward.",
}


def overlaps(planned: Iterable[Offered], running: Iterable[Offered], places: Mapping[UUID, int]) -> Iterator[Finding]:
    """Find items whose exercise the client has already at the same time of the same day."""
    taken: dict[tuple[date, str, str], set[UUID]] = defaultdict(set)
    everything = list(planned)
    for each in (*running, *everything):
        for slot, exercise in _times(each):
            taken[each.date, slot, exercise].add(each.item.id)
    found: dict[tuple[UUID, str], set[date]] = defaultdict(set)
    for each in everything:
        for slot, exercise in _times(each):
            if len(taken[each.date, slot, exercise]) > 1:
                found[each.item.id, exercise].add(each.date)
    for (item, exercise), dates in found.items():
        detail = "The plan has this exercise at the same time of these days already."
        yield Finding(
            code="overlap", severity="info", detail=detail, dates=_sorted(dates), item=places[item], exercise=exercise
        )


def heavy_days(
    planned: Iterable[Offered], running: Iterable[Offered], exercises: Mapping[str, Exercise]
) -> Iterator[Finding]:
    """Find days that would hold much; what is there only when wanted does not count."""
    mine = list(planned)
    days: dict[date, list[Offered]] = defaultdict(list)
    for each in (*mine, *running):
        if not isinstance(each.item.recurrence, AsNeeded):
            days[each.date].append(each)
    touched = {each.date for each in mine}
    heavy: dict[Code, set[date]] = {code: set() for code in _TOLD}
    for day in touched & days.keys():
        practices = sum(_practices(each.item) for each in days[day])
        seconds = sum(_practices(each.item) * _seconds(each.item, exercises) for each in days[day])
        inward = sum(_practices(each.item) for each in days[day] if _load(each.item, exercises) >= INWARD)
        heavy["many_practices"] |= {day} if practices > MOST_PRACTICES else set()
        heavy["long_day"] |= {day} if seconds > MOST_MINUTES * 60 else set()
        heavy["inward_day"] |= {day} if inward > MOST_INWARD else set()
    for code, dates in heavy.items():
        if dates:
            yield Finding(code=code, severity="warn", detail=_TOLD[code], dates=_sorted(dates))


def _times(each: Offered) -> Iterator[tuple[str, str]]:
    for slot in each.item.times_of_day:
        for choice in each.item.choices:
            yield slot, choice.exercise


def _practices(item: PracticeItem) -> int:
    return max(item.target, len(item.times_of_day))


def _seconds(item: PracticeItem, exercises: Mapping[str, Exercise]) -> int:
    """Return the seconds of the longest choice; one that the catalogue has no longer takes none."""
    known = [exercises[each.exercise] for each in item.choices if each.exercise in exercises]
    return max((plan_of(exercise, item.length).seconds for exercise in known), default=0)


def _load(item: PracticeItem, exercises: Mapping[str, Exercise]) -> int:
    known = [exercises[each.exercise] for each in item.choices if each.exercise in exercises]
    return max((exercise.interoceptive_load for exercise in known), default=0)


def _sorted(dates: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(dates))
