"""How a client's practice stands, for the client: the streak, and why."""

from datetime import date, timedelta

from server.accounts.modes import shown_display
from server.accounts.work import Work
from server.kit.days import on_calendar
from server.kit.errors import FieldError, Invalid
from server.practice import figures
from server.practice.schemas import Day, Explanation, Streak
from server.practice.standing import read_standing
from server.practice.streaks.streaks import explain

LONGEST_EXPLANATION = timedelta(days=366)
USUAL_EXPLANATION = timedelta(days=27)


async def read_streak(work: Work) -> Streak:
    """Return how the caller's practice stands (`streaks.md`)."""
    standing = await read_standing(work, work.access.subject)
    report = standing.report()
    return Streak(
        display=shown_display(standing.client),
        state=report.state,
        today=report.today,
        today_state=report.today_state,
        gentle=figures.gentle(report),
        current=report.current,
        longest=report.longest,
        grace_used=report.grace_used,
        adherence=figures.or_unset(report.adherence),
        missed=report.missed,
        neutral={day: str(kind) for day, kind in report.neutral.items()},
        held=report.held,
        ignored=report.ignored,
        preparation=figures.interval(report.preparation),
        intervals=[figures.interval(each) for each in report.intervals],
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
