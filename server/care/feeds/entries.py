"""What of a plan is in a calendar: dates that somebody agreed on, and sessions if they were asked for."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from server.care.feeds.words import Titles
from server.care.items import Slot
from server.care.occurrences import Span
from server.care.plan import Plan
from server.care.schemas import Occurrence
from server.kit.days import zone_named

LENGTH: Final = timedelta(minutes=15)
# What the API calls a time of day, as a wall clock; `any` has none.
CLOCK: Final[Mapping[Slot, time]] = {
    "morning": time(8),
    "midday": time(12, 30),
    "evening": time(19),
    "night": time(21, 30),
}


class Entry(Struct, frozen=True, kw_only=True):
    """One event. `start` is a wall clock with its zone, or a date for all of the day; `length` None is not told.

    `revision` grows whenever the event is moved, `changed` is when it last was.
    """

    id: UUID
    title: str
    start: datetime | date
    length: timedelta | None
    revision: int
    changed: datetime


class Changes:
    """When anything was last changed; what was planned before that was kept counts from the feed on."""

    def __init__(self, made_at: datetime, changes: Mapping[UUID, datetime]) -> None:
        self._made_at = made_at
        self._changes = changes

    def of(self, *items: UUID) -> datetime:
        """Return the last change of any of these."""
        return max((self._changes[each] for each in items if each in self._changes), default=self._made_at)


def times(plan: Plan, span: Span, zone: str, titles: Titles, changes: Changes) -> Iterator[Entry]:
    """Yield what is planned for its date, one event for whatever falls on one time of a day.

    What is there when wanted, or on any days of a week, belongs to no date and to no calendar.
    """
    revisions = {row.id: row.revision for row in plan.sessions}
    taken: set[tuple[date, Slot]] = set()
    for each in plan.occurrences(span):
        if each.due and (each.date, each.slot) not in taken:
            taken.add((each.date, each.slot))
            around = [each.session_id] if isinstance(each.session_id, UUID) else []
            yield Entry(
                id=each.id,
                title=titles.time,
                start=_start(each, zone),
                length=LENGTH if each.slot in CLOCK else None,
                revision=max((revisions[session] - 1 for session in around), default=0),
                changed=changes.of(each.assignment_id, *around),
            )


def _start(each: Occurrence, zone: str) -> datetime | date:
    return datetime.combine(each.date, CLOCK[each.slot], zone_named(zone)) if each.slot in CLOCK else each.date


def appointments(plan: Plan, span: Span, titles: Titles, changes: Changes) -> Iterator[Entry]:
    """Yield the treatment sessions that were not cancelled; how long they take is not told."""
    for row in plan.sessions:
        start = row.starts_at.astimezone(zone_named(row.zone))
        if row.status != "cancelled" and span.first <= start.date() <= span.last:
            yield Entry(
                id=row.id,
                title=titles.appointment,
                start=start,
                length=None,
                revision=row.revision - 1,
                changed=changes.of(row.id),
            )
