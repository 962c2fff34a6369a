"""Occurrences are computed, never stored: equal plans give equal occurrences, and ids survive every move."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid5

from msgspec import UNSET, Struct

from server.care.schemas import (
    Anchor,
    AsNeeded,
    EveryNDays,
    Occurrence,
    PracticeItem,
    Recurrence,
    Weekdays,
    WeeklyQuota,
)

DAY = timedelta(days=1)


class Span(Struct, frozen=True, kw_only=True):
    """Dates from first to last, inclusive."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        """Walk the dates in order; none when `last` is before `first`."""
        return (self.first + n * DAY for n in range((self.last - self.first).days + 1))

    def within(self, other: "Span") -> "Span":
        """Return the dates both have."""
        return Span(first=max(self.first, other.first), last=min(self.last, other.last))


class Assigned(Struct, frozen=True, kw_only=True):
    """An assignment as the plan engine sees it; `last` None is open-ended."""

    id: UUID
    first: date
    last: date | None
    items: tuple[PracticeItem, ...]


class Anchored(Struct, frozen=True, kw_only=True):
    """A session that has not been cancelled, on the client's practice date of it."""

    id: UUID
    kind: Anchor
    date: date


def occurrences(assigned: Assigned, sessions: tuple[Anchored, ...], span: Span) -> Iterator[Occurrence]:
    """Yield the occurrences of an assignment within a span of dates, item by item."""
    days = span.within(Span(first=assigned.first, last=assigned.last or date.max))
    for item in assigned.items:
        if item.anchor == "calendar":
            for day in days:
                if falls_on(item.recurrence, day, assigned.first):
                    yield from _on_day(assigned, item, day, None)
        else:
            for session in sessions:
                if session.kind == item.anchor:
                    yield from _around(assigned, item, session, days)


def falls_on(recurrence: Recurrence, day: date, start: date) -> bool:
    """Whether a recurrence that began at `start` offers this date."""
    match recurrence:
        case Weekdays(days=weekdays):
            return day.weekday() in weekdays
        case EveryNDays(n=n):
            return (day - start).days % n == 0
        case _:
            return True


def is_due(recurrence: Recurrence) -> bool:
    """Whether a date without practice can be missed; a quota is judged by the week, as-needed never (R11)."""
    return not isinstance(recurrence, AsNeeded | WeeklyQuota)


def _around(assigned: Assigned, item: PracticeItem, session: Anchored, days: Span) -> Iterator[Occurrence]:
    window = Span(first=session.date + item.from_day * DAY, last=session.date + item.to_day * DAY)
    for day in window.within(days):
        if falls_on(item.recurrence, day, window.first):
            yield from _on_day(assigned, item, day, session)


def _on_day(assigned: Assigned, item: PracticeItem, day: date, session: Anchored | None) -> Iterator[Occurrence]:
    for slot in item.times_of_day:
        where = f"{session.id}/{(day - session.date).days}" if session else f"calendar/{day.isoformat()}"
        yield Occurrence(
            id=uuid5(item.id, f"{where}/{slot}"),
            date=day,
            slot=slot,
            due=is_due(item.recurrence),
            exercise=item.exercise,
            exercise_version=item.exercise_version,
            length=item.length,
            assignment_id=assigned.id,
            session_id=session.id if session else UNSET,
        )
