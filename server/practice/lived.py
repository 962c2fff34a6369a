"""What is known of a client's practice: now, or as it was known at an earlier instant (issue: `as_of`, `known_at`).

Facts carry when they were received, and documents have revisions; so both are read from the ledger alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from server.accounts import repository as accounts
from server.accounts.models import ClientRow, RevisionRow
from server.accounts.schemas import ClientState
from server.accounts.service import client_state
from server.accounts.work import Work
from server.care import repository as care
from server.care.models import AssignmentRow, SessionRow
from server.care.plan import Plan, plan_of, read_plan
from server.care.schemas import AssignmentState, SessionState
from server.practice import repository
from server.practice.models import CompletionRow
from server.practice.pauses.repository import list_pauses
from server.practice.pauses.schemas import PauseState
from server.practice.streaks.facts import Pause, ZoneChange

STATES: Final[Mapping[str, type[Struct]]] = {
    "assignment": AssignmentState,
    "client": ClientState,
    "pause": PauseState,
    "session": SessionState,
}


class Lived(Struct, frozen=True, kw_only=True):
    """How a client's days are counted, what was planned and set aside, where they lived, and what they practised."""

    state: ClientState
    plan: Plan
    zones: tuple[ZoneChange, ...]
    pauses: tuple[Pause, ...]
    completions: tuple[CompletionRow, ...]
    last_sync: datetime | None

    def as_of(self, then: datetime) -> "Lived":
        """Return what of this had happened by then: practice begun or entered, sessions begun or cancelled."""
        return replace(
            self,
            completions=tuple(row for row in self.completions if (row.started_at or row.logged_at) <= then),
            plan=replace(self.plan, sessions=tuple(_as_of(row, then) for row in self.plan.sessions)),
        )


async def read_now(work: Work, client: ClientRow) -> Lived:
    """Return what is known of a client now: six queries, whatever the length of the history."""
    plan = await read_plan(work, client)
    zones = await accounts.list_zones(work.session, work.access, client.id)
    pauses = await list_pauses(work.session, work.access, client.id)
    rows = await repository.list_live(work.session, work.access, client.id)
    head = await accounts.find_head(work.session, work.access, client.id)
    return Lived(
        state=client_state(client),
        plan=plan,
        zones=tuple(ZoneChange(at=row.at, zone=row.zone) for row in zones),
        pauses=tuple(Pause(first=row.from_date, last=row.to_date) for row in pauses),
        completions=tuple(rows),
        last_sync=head.delivered_at,
    )


async def read_known(work: Work, client: ClientRow, known_at: datetime) -> Lived:
    """Return what was known of a client at an instant: five queries."""
    told = await accounts.list_revisions(work.session, work.access, client.id, known_at)
    states = {item: _state(row) for item, row in told.items()}
    state = states.get(client.id)
    known = state if isinstance(state, ClientState) else client_state(client)
    zones = await accounts.list_zones(work.session, work.access, client.id)
    rows = await repository.list_live(work.session, work.access, client.id, known_at)
    return Lived(
        state=known,
        plan=await _known_plan(work, client, states, known),
        zones=tuple(
            ZoneChange(at=row.at, zone=row.zone) for row in zones if row.received_at <= known_at or row is zones[0]
        ),
        pauses=tuple(
            Pause(first=each.from_date, last=each.to_date)
            for each in states.values()
            if isinstance(each, PauseState) and each.removed_at is None
        ),
        completions=tuple(rows),
        last_sync=await repository.last_delivery(work.session, work.access, client.id, known_at),
    )


async def _known_plan(work: Work, client: ClientRow, states: Mapping[UUID, Struct], known: ClientState) -> Plan:
    owner = {"organisation_id": client.organisation_id, "client_id": client.id}
    sessions = [
        SessionRow(**owner, id=item, **asdict(each)) for item, each in states.items() if isinstance(each, SessionState)
    ]
    given = [
        AssignmentRow(**owner, id=item, **asdict(each))
        for item, each in states.items()
        if isinstance(each, AssignmentState)
    ]
    pins = {(row.set_id, row.set_version) for row in given}
    sets = await care.list_pinned_sets(work.session, work.access, pins)
    return plan_of(
        sorted(sessions, key=lambda row: (row.starts_at, row.id)),
        sorted(
            ((row, sets[row.set_id, row.set_version]) for row in given),
            key=lambda pair: (pair[0].from_date, pair[0].id),
        ),
        known.day_start,
    )


def _state(row: RevisionRow) -> Struct:
    return msgspec.json.decode(row.body, type=STATES[row.kind])


def _as_of(row: SessionRow, then: datetime) -> SessionRow:
    """Return a session as it stood then: held or missed once it had begun, cancelled once that was said."""
    decided = row.decided_at if row.status == "cancelled" else row.starts_at
    if row.status == "scheduled" or (decided is not None and decided <= then):
        return row
    told = {name: getattr(row, name) for name in ("organisation_id", "client_id", "id", "kind", "starts_at", "zone")}
    return SessionRow(**told, status="scheduled", decided_at=None)
