"""A client's plan as a whole: what it offers on which dates. Read by the agenda, the ledger and the streaks alike."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Final, get_args

from msgspec import Struct

from server.accounts.models import ClientRow
from server.accounts.work import Work
from server.care import repository
from server.care.items import PracticeItem, Slot
from server.care.models import AssignmentRow, PracticeSetRow, SessionRow
from server.care.occurrences import Anchored, Assigned, Span, occurrences
from server.care.schemas import Occurrence
from server.kit.days import practice_date_of

# The order of a day; what has no time of day comes first.
DAY_ORDER: Final = {slot: position for position, slot in enumerate(get_args(Slot))}


class Plan(Struct, frozen=True, kw_only=True):
    """A client's assignments and treatment sessions, both oldest first."""

    sessions: tuple[SessionRow, ...]
    anchored: tuple[Anchored, ...]
    assigned: tuple[Assigned, ...]
    assignments: tuple[AssignmentRow, ...]

    def occurrences(self, span: Span) -> list[Occurrence]:
        """Return what the plan offers within a span; a set assigned twice offers the same practice once."""
        found = {each.id: each for assigned in self.assigned for each in occurrences(assigned, self.anchored, span)}
        return in_order(found.values())


def in_order(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Sort by date and time of day; at the same time things stay as they come: as assigned, as written in the set."""
    return sorted(found, key=lambda each: (each.date, DAY_ORDER[each.slot]))


async def read_plan(work: Work, client: ClientRow) -> Plan:
    """Read the plan of a client the caller has been let through to: two queries."""
    sessions = await repository.list_sessions(work.session, work.access, client.id)
    given = await repository.list_assignments(work.session, work.access, client.id)
    return plan_of(sessions, [(row, practice_set) for row, practice_set in given], client.day_start)


def plan_of(
    sessions: Sequence[SessionRow], given: Sequence[tuple[AssignmentRow, PracticeSetRow]], day_start: time
) -> Plan:
    """Put a plan together; both oldest first."""
    return Plan(
        sessions=tuple(sessions),
        anchored=tuple(_anchored(sessions, day_start)),
        assigned=tuple(assigned_of(row, practice_set.items) for row, practice_set in given),
        assignments=tuple(row for row, _ in given),
    )


def assigned_of(row: AssignmentRow, items: tuple[PracticeItem, ...]) -> Assigned:
    """Return an assignment as the plan engine sees it."""
    return Assigned(
        id=row.id,
        first=row.from_date,
        last=row.to_date,
        items=items,
        pauses=row.pauses,
        counted_from=row.counted_from,
    )


def _anchored(sessions: Iterable[SessionRow], day_start: time) -> Iterable[Anchored]:
    # A cancelled session leaves the plan; one that was missed keeps what was planned around it.
    for row in sessions:
        if row.status != "cancelled":
            yield Anchored(id=row.id, kind=row.kind, date=practice_date_of(row.starts_at, row.zone, day_start))
