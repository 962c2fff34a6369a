"""Occurrences are computed, never stored: equal plans give equal occurrences, and ids survive every move."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid5

from msgspec import UNSET, Struct

from server.care.items import Anchor, AsNeeded, EveryNDays, PracticeItem, Recurrence, Weekdays, WeeklyQuota
from server.care.schemas import AssignmentPause, Occurrence
from server.care.status import is_paused

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
    """An assignment as the plan engine sees it; `last` None is open-ended.

    `counted_from`: from when every-n-days items are counted, if not from `first`.
    """

    id: UUID
    first: date
    last: date | None
    items: tuple[PracticeItem, ...]
    pauses: tuple[AssignmentPause, ...] = ()
    counted_from: date | None = None

    def is_paused(self, day: date) -> bool:
        """Tell whether nothing of it is due on a date, whatever its items say."""
        return is_paused(self.pauses, day)


class Anchored(Struct, frozen=True, kw_only=True):
    """A session that has not been cancelled, on the client's practice date of it."""

    id: UUID
    kind: Anchor
    date: date


class Offered(Struct, frozen=True, kw_only=True):
    """An item on a date that it falls on, and the session it is anchored to."""

    item: PracticeItem
    date: date
    session: Anchored | None


def offered(assigned: Assigned, sessions: tuple[Anchored, ...], span: Span) -> Iterator[Offered]:
    """Yield what an assignment offers within a span of dates, item by item; nothing while it is paused."""
    days = span.within(Span(first=assigned.first, last=assigned.last or date.max))
    for item in assigned.items:
        if item.anchor == "calendar":
            found = _on_calendar(item, days, assigned.counted_from or assigned.first)
        else:
            found = _around(item, sessions, days)
        yield from (each for each in found if not assigned.is_paused(each.date))


def occurrences(assigned: Assigned, sessions: tuple[Anchored, ...], span: Span) -> Iterator[Occurrence]:
    """Yield the occurrences of an assignment within a span of dates, item by item."""
    for each in offered(assigned, sessions, span):
        yield from _each_slot(assigned, each)


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


def _on_calendar(item: PracticeItem, days: Span, start: date) -> Iterator[Offered]:
    for day in days:
        if falls_on(item.recurrence, day, start):
            yield Offered(item=item, date=day, session=None)


def _around(item: PracticeItem, sessions: tuple[Anchored, ...], days: Span) -> Iterator[Offered]:
    for session in sessions:
        if session.kind == item.anchor:
            window = Span(first=session.date + item.from_day * DAY, last=session.date + item.to_day * DAY)
            for day in window.within(days):
                if falls_on(item.recurrence, day, window.first):
                    yield Offered(item=item, date=day, session=session)


def _each_slot(assigned: Assigned, each: Offered) -> Iterator[Occurrence]:
    item, day, session = each.item, each.date, each.session
    where = f"{session.id}/{(day - session.date).days}" if session else f"calendar/{day.isoformat()}"
    for slot in item.times_of_day:
        yield Occurrence(
            id=uuid5(item.id, f"{where}/{slot}"),
            date=day,
            slot=slot,
            due=is_due(item.recurrence),
            exercise=item.exercise,
            exercise_version=item.exercise_version,
            length=item.length,
            target=item.target,
            assignment_id=assigned.id,
            any_of=item.any_of,
            session_id=session.id if session else UNSET,
        )
