"""What might need a look: signals of one client or of all in the caller's care, and who has looked."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.accounts import repository as accounts
from server.accounts.members import member_place
from server.accounts.models import ClientRow
from server.accounts.modes import silenced_since
from server.accounts.policy import access_client, note_reads
from server.accounts.service import name_place
from server.accounts.work import Work
from server.catalogue.snapshot import Snapshot
from server.kit.days import practice_date_of
from server.kit.errors import FieldError, Invalid, NotFound
from server.practice.attention import repository
from server.practice.attention.models import AcknowledgedSignalRow
from server.practice.attention.reading import Request, Seen, see
from server.practice.attention.schemas import Acknowledgement, ClientSignals, Inbox, NamedWatch, Signal, Watch
from server.practice.attention.telling import standing_text, tell
from server.practice.signals.rules import SignalsFile

USUAL: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=366)
EVER: Final = datetime(1900, 1, 1, tzinfo=UTC)


class Desk:
    """What signals are told by: the rules, and the catalogue that says what an exercise is called and for."""

    def __init__(self, rules: SignalsFile, catalogue: Snapshot) -> None:
        self.rules = rules
        self.catalogue = catalogue


async def read_signals(work: Work, desk: Desk, client: UUID, since: date | None) -> ClientSignals:
    """Return a client's signals, of what arrived since a date (UTC; default: the last 30 days).

    Raises:
        NotFound: not in the caller's care.
        Invalid: more than a year ago.
    """
    request = _request(work, desk, since)
    row = await access_client(work, client)
    _, zone, delivered = await accounts.find_client_line(work.session, work.access, client, work.now)
    seen = await see(work, (row,), request)
    items = await _told(work, desk, seen)
    watch = _watch(row, seen[client], _no_data_since(work, row, zone, delivered))
    return ClientSignals(note=standing_text(desk.rules), watch=watch, items=items)


async def read_inbox(work: Work, desk: Desk, since: date | None) -> Inbox:
    """Return the signals of all clients in the caller's care who are not silenced; see `read_signals`.

    Raises:
        Invalid: more than a year ago.
    """
    request = _request(work, desk, since)
    lines = await accounts.list_clients(work.session, work.access, work.now)
    heard = [line for line in lines if silenced_since(line[0]) is None]
    rows = [row for row, _, _ in heard]
    note_reads(work, [row.id for row in rows])
    seen = await see(work, rows, request)
    keys = await work.vault.keys(work.access.organisation, [row.id for row in rows])
    clients = [
        NamedWatch(
            **msgspec.structs.asdict(_watch(row, seen[row.id], _no_data_since(work, row, zone, delivered))),
            name=keys[row.id].open(name_place(row.organisation_id, row.id), row.name),
        )
        for row, zone, delivered in heard
    ]
    clients.sort(key=lambda each: (each.name.casefold(), each.client_id))
    return Inbox(note=standing_text(desk.rules), clients=clients, items=await _told(work, desk, seen))


async def acknowledge(work: Work, desk: Desk, client: UUID, signal: UUID) -> Acknowledgement:
    """Note that the caller has looked at a signal; whoever looked first stays the one who did.

    Raises:
        NotFound: not in the caller's care, or there is no such signal within what the client shares.
    """
    row = await access_client(work, client)
    await accounts.lock_client(work.session, work.access, client)
    known = await repository.find_acknowledged(work.session, work.access, client, signal)
    if known is None:
        seen = await see(work, (row,), Request(rules=desk.rules, catalogue=desk.catalogue, since=EVER))
        if signal not in {each.id for each in seen[client].signals}:
            raise NotFound("There is no such signal.")
        known = AcknowledgedSignalRow(
            organisation_id=work.access.organisation,
            client_id=client,
            id=signal,
            acknowledged_by=work.access.subject,
            acknowledged_at=work.now,
        )
        work.session.add(known)
        await work.session.flush()
    return (await _named(work, (known,)))[signal]


def _request(work: Work, desk: Desk, since: date | None) -> Request:
    begin = work.now - USUAL if since is None else datetime.combine(since, time(), tzinfo=UTC)
    if begin < work.now - LONGEST:
        error = FieldError(pointer="?since", code="out_of_range", detail="A year ago at most.")
        raise Invalid("This is too long ago.", errors=[error])
    return Request(rules=desk.rules, catalogue=desk.catalogue, since=begin)


async def _told(work: Work, desk: Desk, seen: dict[UUID, Seen]) -> list[Signal]:
    raising = [client for client, each in seen.items() if each.signals]
    rows = await repository.list_acknowledged(work.session, work.access, raising) if raising else {}
    acknowledged = await _named(work, rows.values())
    items = [
        tell(client, seen[client], signal, desk.rules, desk.catalogue, acknowledged)
        for client in raising
        for signal in seen[client].signals
    ]
    items.sort(key=lambda each: (each.received_at, each.raised_at, each.id), reverse=True)
    return sorted(items, key=lambda each: each.acknowledged is not UNSET)


async def _named(work: Work, rows: Collection[AcknowledgedSignalRow]) -> dict[UUID, Acknowledgement]:
    if not rows:
        return {}
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    members = await accounts.list_members(work.session, work.access, {row.acknowledged_by for row in rows})
    names = {row.id: key.open(member_place(organisation, row.id, "name"), row.name) for row in members}
    return {
        row.id: Acknowledgement(member_id=row.acknowledged_by, name=names[row.acknowledged_by], at=row.acknowledged_at)
        for row in rows
    }


def _watch(row: ClientRow, seen: Seen, no_data_since: datetime | UnsetType) -> Watch:
    return Watch(
        client_id=row.id,
        not_shared=seen.not_shared,
        no_data_since=no_data_since,
        silenced_at=silenced_since(row) or UNSET,
    )


def _no_data_since(work: Work, row: ClientRow, zone: str, delivered: datetime | None) -> datetime | UnsetType:
    """Return since when no phone has delivered, unless one has today: then nothing is missing yet."""
    last = delivered or row.created_at
    today = practice_date_of(work.now, zone, row.day_start)
    return UNSET if practice_date_of(last, zone, row.day_start) >= today else last
