"""The figures of the streak rules as the API tells them."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from server.practice.schemas import Gentle, Interval
from server.practice.streaks import intervals
from server.practice.streaks.streaks import Report


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
