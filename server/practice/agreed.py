"""What was agreed, as the streak rules take it: all assignments together, or one of them (`streaks.md` R11, R16)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from msgspec import UnsetType
from msgspec.structs import replace

from server.care.items import AsNeeded, Daily, EveryNDays, PracticeItem, Recurrence, Weekdays, WeeklyQuota
from server.care.occurrences import Anchored, Assigned, Offered, Span, is_due, offered
from server.care.plan import Plan
from server.practice.streaks import facts as streaks
from server.practice.streaks import schedules

# No window around a session reaches further (`care.items.Offset`).
FARTHEST = timedelta(days=60)


def plans_of(plan: Plan) -> tuple[streaks.Plan, ...]:
    """Return a client's plans; without an assignment nothing is due, and every practice still counts."""
    found = [each for assigned in plan.assigned for each in plan_of(assigned, plan.anchored)]
    return tuple(found) or (streaks.Plan(schedule=schedules.AsNeeded()),)


def plan_of(assigned: Assigned, sessions: tuple[Anchored, ...]) -> tuple[streaks.Plan, ...]:
    """Return the plans of one assignment: one for each item of the calendar, one for each target around sessions.

    With these as the policy's plans and the completions that `counts_towards` it, `report` tells its adherence.
    """
    calendar = (item for item in assigned.items if item.anchor == "calendar")
    around = sorted((item for item in assigned.items if item.anchor != "calendar"), key=_target)
    whole = streaks.Plan(start=assigned.first, end=assigned.last, set_aside=tuple(_set_aside(assigned)))
    return (
        *(replace(whole, schedule=_schedule(each.recurrence, assigned), target=each.target) for each in calendar),
        *(
            replace(whole, schedule=_on_dates(assigned, tuple(items), sessions), target=target)
            for target, items in groupby(around, key=_target)
        ),
    )


def counts_towards(assigned: Assigned, sessions: tuple[Anchored, ...], exercise: str, day: date) -> bool:
    """Tell whether a practice of an exercise on a date counts towards the adherence of an assignment (R11).

    It does if an item of that date says `counts: any`, or is of this exercise, in whatever version. Where the date has
    no item, all items are asked: such a practice is a bonus (R14).
    """
    of_the_day = [each.item for each in offered(assigned, sessions, Span(first=day, last=day))]
    return any(item.counts == "any" or _has(item, exercise) for item in of_the_day or assigned.items)


def _has(item: PracticeItem, exercise: str) -> bool:
    return exercise in {each.exercise for each in item.choices}


def _target(item: PracticeItem) -> int:
    return item.target


def _set_aside(assigned: Assigned) -> Iterator[streaks.Pause]:
    for each in assigned.pauses:
        yield streaks.Pause(first=each.from_date, last=None if isinstance(each.to_date, UnsetType) else each.to_date)


def _schedule(recurrence: Recurrence, assigned: Assigned) -> schedules.Schedule:
    match recurrence:
        case Daily():
            return schedules.Daily()
        case Weekdays(days=days):
            return schedules.Weekdays(days=frozenset(days))
        case EveryNDays(n=n):
            return schedules.EveryNDays(n=n, anchor=assigned.counted_from or assigned.first)
        case WeeklyQuota(n=n):
            return schedules.WeeklyQuota(n=n)
        case AsNeeded():
            return schedules.AsNeeded()


def _on_dates(assigned: Assigned, items: tuple[PracticeItem, ...], sessions: tuple[Anchored, ...]) -> schedules.OnDates:
    around = replace(assigned, items=items)
    return schedules.OnDates(dates=frozenset(each.date for each in _offered(around, sessions) if _asks(each)))


def _offered(assigned: Assigned, sessions: tuple[Anchored, ...]) -> Iterable[Offered]:
    if not sessions:
        return ()
    first = min(session.date for session in sessions) - FARTHEST
    return offered(assigned, sessions, Span(first=first, last=max(session.date for session in sessions) + FARTHEST))


def _asks(each: Offered) -> bool:
    return is_due(each.item.recurrence)
