"""Adherence, and the intervals between dosing sessions (streaks.md R14, R15)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from server.practice.streaks.days import Days, Judged
from server.practice.streaks.facts import DosingSession
from server.practice.streaks.kinds import Kind

FIRST_DAYS = 3


class Interval(Struct, frozen=True, kw_only=True):
    """The dates strictly between two held sessions. `session` begins it; None is the preparation before the first.

    `hours_to_first_practice` runs from the session's start to the first qualifying practice whose start is known, in
    tenths of an hour; None when there is none before the next held session.
    """

    session: str | None
    days: int
    practised: int
    missed: int
    adherence: float | None
    first_3_days: int
    hours_to_first_practice: float | None


def adherence_of(days: Iterable[Judged]) -> float | None:
    """Divide practised-and-due by that plus missed, to 3 decimals, half to even; None when nothing was due (R14)."""
    kept = missed = 0
    for judged in days:
        kept += judged.kind is Kind.PRACTISED and judged.due
        missed += judged.kind is Kind.MISSED
    return round(kept / (kept + missed), 3) if kept + missed else None


def split_at_sessions(days: Days, judged: Sequence[Judged]) -> list[Interval]:
    """Describe the preparation and then, in order, the interval after each held session (R15)."""
    held = days.treatment.held
    dates = [each.day for each in judged]
    preparation = judged[: bisect_left(dates, held[0][0])] if held else judged
    intervals = [_interval(None, preparation, preparation[:FIRST_DAYS], None)]
    for (day, session), after in zip(held, [*held[1:], None], strict=False):
        within = judged[bisect_right(dates, day) : bisect_left(dates, after[0]) if after else None]
        early = [each for each in within if (each.day - day).days <= FIRST_DAYS]
        hours = _hours_until_practice(days.practice.starts, session, after and after[1])
        intervals.append(_interval(session.id, within, early, hours))
    return intervals


def _interval(session: str | None, days: Sequence[Judged], early: Sequence[Judged], hours: float | None) -> Interval:
    return Interval(
        session=session,
        days=len(days),
        practised=_count(days, Kind.PRACTISED),
        missed=_count(days, Kind.MISSED),
        adherence=adherence_of(days),
        first_3_days=_count(early, Kind.PRACTISED),
        hours_to_first_practice=hours,
    )


def _count(days: Iterable[Judged], kind: Kind) -> int:
    return sum(each.kind is kind for each in days)


def _hours_until_practice(
    starts: Sequence[datetime], session: DosingSession, after: DosingSession | None
) -> float | None:
    position = bisect_left(starts, session.start)
    if position == len(starts) or (after is not None and starts[position] >= after.start):
        return None
    return round((starts[position] - session.start) / timedelta(hours=1), 1)
