"""A client's plan as a whole: what it offers on which dates. Read by the agenda, the ledger and the streaks alike."""

from collections.abc import Iterable
from datetime import time

from msgspec import Struct

from server.accounts.models import ClientRow
from server.accounts.work import Work
from server.care import repository
from server.care.models import SessionRow
from server.care.occurrences import Anchored, Assigned, Span, occurrences
from server.care.schemas import Occurrence
from server.kit.days import practice_date_of


class Plan(Struct, frozen=True, kw_only=True):
    """A client's assignments and treatment sessions."""

    sessions: tuple[SessionRow, ...]
    anchored: tuple[Anchored, ...]
    assigned: tuple[Assigned, ...]

    def occurrences(self, span: Span) -> list[Occurrence]:
        """Return what the plan offers within a span, by date; a set assigned twice offers the same practice once."""
        found = {each.id: each for assigned in self.assigned for each in occurrences(assigned, self.anchored, span)}
        return sorted(found.values(), key=lambda each: (each.date, each.slot, each.exercise, each.id))


async def read_plan(work: Work, client: ClientRow) -> Plan:
    """Read the plan of a client the caller has been let through to: two queries."""
    sessions = await repository.list_sessions(work.session, work.access, client.id)
    assigned = await repository.list_assignments(work.session, work.access, client.id)
    return Plan(
        sessions=tuple(sessions),
        anchored=tuple(_anchored(sessions, client.day_start)),
        assigned=tuple(
            Assigned(id=row.id, first=row.from_date, last=row.to_date, items=practice_set.items)
            for row, practice_set in assigned
        ),
    )


def _anchored(sessions: Iterable[SessionRow], day_start: time) -> Iterable[Anchored]:
    # A cancelled session leaves the plan; one that was missed keeps what was planned around it.
    for row in sessions:
        if row.status != "cancelled":
            yield Anchored(id=row.id, kind=row.kind, date=practice_date_of(row.starts_at, row.zone, day_start))
