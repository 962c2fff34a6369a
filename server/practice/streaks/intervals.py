"""Adherence, and the intervals between dosing sessions (streaks.md R14, R15)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from server.practice.streaks.days import Judged
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


class Count(Struct, kw_only=True):
    """How many dates: judged in all, practised, practised and due, missed."""

    days: int = 0
    practised: int = 0
    kept: int = 0
    missed: int = 0

    def add(self, judged: Iterable[Judged]) -> None:
        """Count these dates too."""
        for each in judged:
            self.days += 1
            if each.kind is Kind.PRACTISED:
                self.practised += 1
                self.kept += each.due
            elif each.kind is Kind.MISSED:
                self.missed += 1

    @property
    def adherence(self) -> float | None:
        """Divide practised-and-due by that plus missed, to 3 decimals, half to even; None if nothing was due (R14)."""
        asked = self.kept + self.missed
        return round(self.kept / asked, 3) if asked else None


class Stretch(Count, kw_only=True):
    """An interval that is still being counted, from the session on `day` that began at `start`; None: preparation."""

    session: str | None = None
    day: date | None = None
    start: datetime | None = None
    early: int = 0

    def extend(self, judged: Sequence[Judged]) -> None:
        """Count further dates: the first three after the session's, or of the preparation, also apart."""
        if self.day is None:
            early = judged[: max(0, FIRST_DAYS - self.days)]
        else:
            last = self.day + timedelta(days=FIRST_DAYS)
            early = [each for each in judged[:FIRST_DAYS] if each.day <= last]
        self.early += sum(each.kind is Kind.PRACTISED for each in early)
        self.add(judged)

    def interval(self, firsts: Mapping[str, datetime]) -> Interval:
        """Return its figures; `firsts` are the first practices after sessions."""
        first = firsts.get(self.session or "")
        hours = round((first - self.start) / timedelta(hours=1), 1) if first and self.start else None
        return Interval(
            session=self.session,
            days=self.days,
            practised=self.practised,
            missed=self.missed,
            adherence=self.adherence,
            first_3_days=self.early,
            hours_to_first_practice=hours,
        )


def split_at_sessions(
    stretches: list[Stretch], held: Sequence[tuple[date, DosingSession]], judged: Sequence[Judged]
) -> None:
    """Go on with the last stretch, and begin another after each held session (R15), in order."""
    dates = [each.day for each in judged]
    stretches[-1].extend(judged[: bisect_left(dates, held[0][0])] if held else judged)
    for (day, session), after in zip(held, [*held[1:], None], strict=False):
        stretch = Stretch(session=session.id, day=day, start=session.start)
        stretch.extend(judged[bisect_right(dates, day) : bisect_left(dates, after[0]) if after else None])
        stretches.append(stretch)
