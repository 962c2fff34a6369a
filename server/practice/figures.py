"""The figures of the streak rules as the API tells them."""

from datetime import timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.accounts.schemas import Display
from server.practice.schemas import Gentle, Interval, Streak
from server.practice.streaks import intervals
from server.practice.streaks.streaks import Report

# A phone asks for older dates where it shows them (`explainStreak`).
TOLD_FOR = timedelta(days=366)
MOST_IDS = 100


def streak(report: Report, display: Display) -> Streak:
    """Return how practice stands, as the client reads it: the dates of a year, the newest of the ids."""
    first = report.today - TOLD_FOR
    return Streak(
        display=display,
        state=report.state,
        today=report.today,
        today_state=report.today_state,
        gentle=gentle(report),
        current=report.current,
        longest=report.longest,
        grace_used=report.grace_used,
        adherence=or_unset(report.adherence),
        missed=tuple(day for day in report.missed if day >= first),
        neutral={day: str(kind) for day, kind in report.neutral.items() if day >= first},
        held=report.held[-MOST_IDS:],
        ignored=report.ignored[-MOST_IDS:],
        preparation=interval(report.preparation),
        intervals=[interval(each) for each in report.intervals],
    )


def gentle(report: Report) -> Gentle:
    """Return what the display `gentle` shows (`streaks.md` R17)."""
    return Gentle(
        practised_this_week=report.gentle.practised_this_week,
        agreed_this_week=report.gentle.agreed_this_week,
        weeks_practised=report.gentle.weeks_practised,
    )


def interval(each: intervals.Interval) -> Interval:
    """Return the figures of one interval (R15)."""
    return Interval(
        session_id=UUID(each.session) if each.session else UNSET,
        days=each.days,
        practised=each.practised,
        missed=each.missed,
        adherence=or_unset(each.adherence),
        first_3_days=each.first_3_days,
        hours_to_first_practice=or_unset(each.hours_to_first_practice),
    )


def or_unset(value: float | None) -> float | UnsetType:
    """Leave out what there is no figure for."""
    return UNSET if value is None else value
