"""Clients, and the zones they live in."""

from datetime import datetime, time
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.accounts import repository
from server.accounts.models import CareRelationRow, ClientRow
from server.accounts.modes import enter_mode, silenced_since
from server.accounts.policy import access_client, note_reads
from server.accounts.preferences import seal_left_out
from server.accounts.schemas import AddClient, ChangeClient, Client, Clients, ClientState, LeftOut
from server.accounts.scope import FIRST, begin_scope, new_zone, open_client
from server.accounts.work import Work
from server.kit.days import UnknownZoneError, zone_named
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id
from server.vault.sealing import DataKey, Place


async def add_client(work: Work, data: AddClient) -> Client:
    """Add a client in the care of the member who adds them.

    Raises:
        Invalid: an unknown zone.
    """
    zone = read_zone(data.zone, "/zone")
    client = new_id()
    key = await work.vault.add(work.access.organisation, client, work.now)
    row = ClientRow(
        organisation_id=work.access.organisation,
        id=client,
        name=key.seal(name_place(work.access.organisation, client), data.name),
        locale=data.locale,
        day_start=time.fromisoformat(data.day_start),
        rest_days=data.rest_days,
        mode="standard",
        grace=1,
        daily_target=1,
        silences=(),
        display="gentle",
        created_at=work.now,
        version=FIRST,
    )
    row.left_out = seal_left_out(row, key, LeftOut(properties=[], postures=[]))
    work.session.add(row)
    await work.session.flush()
    scope = begin_scope(work.session, row.organisation_id, row.id, work.now)
    scope.record(row.id, client_state(row))
    owner = {"organisation_id": row.organisation_id, "client_id": row.id}
    work.session.add(CareRelationRow(**owner, member_id=work.access.subject, started_at=work.now))
    work.session.add(new_zone(scope, new_id(), work.now, zone))
    await work.session.flush()
    return await read_client(work, row.id)


async def change_client(work: Work, client: UUID, data: ChangeClient) -> Client:
    """Change what the therapist decides of a client. Past days stay as they were counted (`streaks.md` R1).

    Raises:
        NotFound: not in the caller's care.
    """
    scope, row = await open_client(work, client)
    if data.day_start is not UNSET:
        row.day_start = time.fromisoformat(data.day_start)
    if data.name is not UNSET:
        key = await work.vault.key(row.organisation_id, row.id)
        row.name = key.seal(name_place(row.organisation_id, row.id), data.name)
    row.rest_days = row.rest_days if data.rest_days is UNSET else data.rest_days
    row.grace = row.grace if data.grace is UNSET else data.grace
    row.daily_target = row.daily_target if data.daily_target is UNSET else data.daily_target
    if not isinstance(data.mode, UnsetType):
        enter_mode(row, data.mode)
    row.version = scope.record(client, client_state(row), replaces=row.version)
    await work.session.flush()
    return await read_client(work, client)


async def list_clients(work: Work) -> Clients:
    """Return the clients in the caller's care, by name."""
    lines = await repository.list_clients(work.session, work.access, work.now)
    note_reads(work, [row.id for row, _, _ in lines])
    keys = await work.vault.keys(work.access.organisation, [row.id for row, _, _ in lines])
    items = [_client(row, keys[row.id], zone, delivered) for row, zone, delivered in lines]
    return Clients(items=sorted(items, key=lambda each: (each.name.casefold(), each.id)))


async def read_client(work: Work, client: UUID) -> Client:
    """Return one client in the caller's care.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    row, zone, delivered = await repository.find_client_line(work.session, work.access, client, work.now)
    return _client(row, await work.vault.key(row.organisation_id, row.id), zone, delivered)


async def zone_of(work: Work, client: ClientRow) -> str:
    """Return the zone a client is in now, as their phone or the clinic last reported it; the future has not begun."""
    zones = await repository.list_zones(work.session, work.access, client.id)
    known = [row for row in zones if row.at <= work.now] or zones[:1]
    return known[-1].zone


def read_zone(name: str, pointer: str) -> str:
    """Return the name of a known IANA zone.

    Raises:
        Invalid: nobody knows this zone.
    """
    try:
        return zone_named(name).key
    except UnknownZoneError:
        error = FieldError(pointer=pointer, code="unknown_zone", detail="This is not a time zone of the IANA database.")
        raise Invalid("The time zone is not known.", errors=[error]) from None


def client_state(row: ClientRow) -> ClientState:
    """Return what revisions keep of a client."""
    return ClientState(
        day_start=row.day_start,
        rest_days=row.rest_days,
        mode=row.mode,
        grace=row.grace,
        daily_target=row.daily_target,
        silences=row.silences,
    )


def name_place(organisation: UUID, client: UUID) -> Place:
    """Return where a client's sealed name stands."""
    return Place(table="clients", column="name", organisation=organisation, owner=client, row=client)


def _client(row: ClientRow, key: DataKey, zone: str, delivered: datetime | None) -> Client:
    return Client(
        id=row.id,
        name=key.open(name_place(row.organisation_id, row.id), row.name),
        zone=zone,
        locale=row.locale,
        day_start=row.day_start.isoformat("minutes"),
        rest_days=row.rest_days,
        mode=row.mode,
        grace=row.grace,
        daily_target=row.daily_target,
        created_at=row.created_at,
        last_outbox_at=delivered or UNSET,
        silenced_at=silenced_since(row) or UNSET,
    )
