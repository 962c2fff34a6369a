"""How a client's practice stands, for the client: the streak, and why."""

from datetime import date, timedelta

from server.accounts.errand import Phone
from server.accounts.work import Work
from server.kit.days import on_calendar
from server.kit.errors import FieldError, Invalid
from server.practice.schemas import Day, Explanation
from server.practice.standing import read_standing
from server.practice.streak import keep_anew, recall, told
from server.practice.streaks.streaks import explain

LONGEST_EXPLANATION = timedelta(days=366)
USUAL_EXPLANATION = timedelta(days=27)


async def read_streak(phone: Phone) -> bytes:
    """Return how the caller's practice stands (`streaks.md`), as JSON of `Streak`: from what is kept of it."""
    found = told(await phone.glance())
    if not found:
        async with phone.line().turn, phone.errand() as errand:
            found = await recall(errand)
    return found or await keep_anew(phone)


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
