"""Which dates a schedule asks for (streaks.md R11). The weekly quota is settled week by week: see `due_in_week`."""

from collections.abc import Container, Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct


class Daily(Struct, frozen=True, kw_only=True, tag_field="type", tag="daily"):
    """Every date."""


class Weekdays(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekdays"):
    """The named days of each week, 0 = Monday."""

    days: frozenset[Annotated[int, Meta(ge=0, le=6)]]


class EveryNDays(Struct, frozen=True, kw_only=True, tag_field="type", tag="every_n_days"):
    """Every n-th date, counted from `anchor` in both directions: the plan's start and end are the only bounds."""

    n: Annotated[int, Meta(ge=1)]
    anchor: date


class OnDates(Struct, frozen=True, kw_only=True, tag_field="type", tag="on_dates"):
    """Just these dates: how a plan anchored to sessions says what it asks for."""

    dates: frozenset[date]


class AsNeeded(Struct, frozen=True, kw_only=True, tag_field="type", tag="as_needed"):
    """Never due."""


class WeeklyQuota(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekly_quota"):
    """Any `n` dates of a week; weeks start on Monday."""

    n: Annotated[int, Meta(ge=1, le=7)]


FixedSchedule = Daily | Weekdays | EveryNDays | OnDates | AsNeeded
Schedule = FixedSchedule | WeeklyQuota


def falls_on(schedule: FixedSchedule, day: date) -> bool:
    """Tell whether the schedule alone asks for practice on this date."""
    match schedule:
        case Daily():
            return True
        case Weekdays(days=days):
            return day.weekday() in days
        case EveryNDays(n=n, anchor=anchor):
            return (day - anchor).days % n == 0
        case OnDates(dates=dates):
            return day in dates
        case AsNeeded():
            return False


def needed(n: int, eligible: int) -> int:
    """Scale a quota of `n` a week to the dates the week really offers (R11)."""
    return min(eligible, -(-n * eligible // 7))


def due_in_week(n: int, eligible: Sequence[date], practised: Container[date], *, closed: bool) -> frozenset[date]:
    """Settle one week of a quota (R11): the dates that count as due, out of the eligible ones in order.

    Due are the first practised dates up to the need; further ones are a bonus (R14). When the week has closed, what is
    still wanting falls on the last eligible dates without practice. Until then no date without practice is due.
    """
    need = needed(n, len(eligible))
    done = [day for day in eligible if day in practised]
    free = [day for day in eligible if day not in practised]
    wanting = max(0, need - len(done)) if closed else 0
    return frozenset(done[:need] + free[len(free) - wanting :])
