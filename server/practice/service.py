"""How a client's practice stands: for the client the streak and why, for the therapist the intervals."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.accounts.work import Work
from server.kit.days import on_calendar, practice_date_of
from server.kit.errors import FieldError, Invalid, NotFound
from server.practice.ledger import why_not_counted
from server.practice.schemas import (
    ClientReport,
    Day,
    EarlyStop,
    Explanation,
    Gentle,
    Interval,
    IntervalReport,
    Practised,
    Streak,
)
from server.practice.standing import Standing, read_standing
from server.practice.streaks import intervals
from server.practice.streaks.kinds import Kind
from server.practice.streaks.streaks import Report, explain

DAY = timedelta(days=1)
LONGEST_EXPLANATION = timedelta(days=366)
USUAL_EXPLANATION = timedelta(days=27)


async def read_streak(work: Work) -> Streak:
    """Return how the caller's practice stands (`streaks.md`)."""
    standing = await read_standing(work, work.access.subject)
    report = standing.report()
    return Streak(
        display=standing.client.display,
        state=report.state,
        today=report.today,
        today_state=report.today_state,
        gentle=Gentle(
            practised_this_week=report.gentle.practised_this_week,
            agreed_this_week=report.gentle.agreed_this_week,
            weeks_practised=report.gentle.weeks_practised,
        ),
        current=report.current,
        longest=report.longest,
        grace_used=report.grace_used,
        adherence=_or_unset(report.adherence),
        missed=report.missed,
        neutral={day: str(kind) for day, kind in report.neutral.items()},
        held=report.held,
        ignored=report.ignored,
        preparation=_interval(report.preparation),
        intervals=[_interval(each) for each in report.intervals],
    )


async def explain_streak(work: Work, first: date | None, last: date | None) -> Explanation:
    """Return each date from `first` (default four weeks ago) to `last` (default today), its kind and its rule.

    Raises:
        Invalid: the span ends before it begins, is longer than a year, or lies beyond the calendar.
    """
    standing = await read_standing(work, work.access.subject)
    end = last or standing.report().today
    if not on_calendar(end):
        raise _no_span()
    begin = first or end - USUAL_EXPLANATION
    if not begin <= end <= begin + LONGEST_EXPLANATION:
        raise _no_span()
    days = explain(
        standing.facts, standing.policy, now=standing.now, last_sync=standing.last_sync, first=begin, last=end
    )
    return Explanation(days=[Day(date=each.date, kind=str(each.kind), rule=each.rule) for each in days])


def _no_span() -> Invalid:
    error = FieldError(pointer="?to", code="out_of_range", detail="At most 366 days, the first before the last.")
    return Invalid("These dates do not make a span.", errors=[error])


async def read_report(work: Work, client: UUID, which: str | None) -> ClientReport:
    """Return a client's practice by interval: all, or `preparation`, `current`, or the one after a session's id.

    Raises:
        NotFound: not in the caller's care, or no held dosing session has this id.
    """
    standing = await read_standing(work, client)
    report = standing.report()
    chosen = _choose(standing, report, which)
    silent = Kind.UNKNOWN in report.neutral.values()
    return ClientReport(
        intervals=chosen, no_data_since=(standing.last_sync or standing.client.created_at) if silent else UNSET
    )


def _choose(standing: Standing, report: Report, which: str | None) -> list[IntervalReport]:
    every = _interval_reports(standing, report)
    if which is None:
        return every
    if which == "preparation":
        return every[:1]
    if which == "current":
        return every[-1:]
    found = [each for each in every if str(each.figures.session_id) == which]
    if not found:
        raise NotFound("There is no held dosing session with this id.")
    return found


def _interval_reports(standing: Standing, report: Report) -> list[IntervalReport]:
    """Cut the history at the held dosing sessions, whose own dates belong to no interval (R15)."""
    rows = {str(row.id): row for row in standing.sessions}
    cuts = [
        practice_date_of(row.starts_at, row.zone, standing.client.day_start)
        for row in (rows[str(each.session)] for each in report.intervals)
    ]
    firsts = [None, *(cut + DAY for cut in cuts)]
    lasts = [*(cut - DAY for cut in cuts), report.today]
    figures = [report.preparation, *report.intervals]
    return [
        _interval_report(standing, each, first, last) for each, first, last in zip(figures, firsts, lasts, strict=True)
    ]


def _interval_report(standing: Standing, figures: intervals.Interval, first: date | None, last: date) -> IntervalReport:
    rows = [
        row
        for row in standing.completions
        if (first or date.min) <= row.practice_date <= last
        and why_not_counted(row, standing.policy) in {None, "fragment"}
    ]
    times = Counter(row.exercise for row in rows)
    stops = [
        EarlyStop(exercise=row.exercise, practice_date=row.practice_date, reason=row.stop_reason or UNSET)
        for row in rows
        if row.outcome == "safe_stop"
    ]
    return IntervalReport(
        figures=_interval(figures),
        first_date=first or UNSET,
        last_date=last,
        practices=[Practised(exercise=slug, times=count) for slug, count in times.most_common()],
        early_stops=stops if standing.client.shares_early_stops else UNSET,
    )


def _interval(each: intervals.Interval) -> Interval:
    return Interval(
        session_id=UUID(each.session) if each.session else UNSET,
        days=each.days,
        practised=each.practised,
        missed=each.missed,
        adherence=_or_unset(each.adherence),
        first_3_days=each.first_3_days,
        hours_to_first_practice=_or_unset(each.hours_to_first_practice),
    )


def _or_unset(value: float | None) -> float | UnsetType:
    return UNSET if value is None else value
