"""Organisations, members, clients and their phones."""

from datetime import datetime, time, timedelta
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import codes, repository
from server.accounts.models import (
    CareRelationRow,
    ClientRow,
    DeviceRow,
    MemberRow,
    OrganisationRow,
    PairingRow,
    ZoneRow,
)
from server.accounts.passwords import MIN_LENGTH, hash_password
from server.accounts.policy import access_client
from server.accounts.schemas import (
    AddClient,
    ChangeClient,
    ChangePreferences,
    Client,
    Clients,
    Me,
    MemberRole,
    Pair,
    PairingCode,
    Tokens,
)
from server.accounts.sign_in import Refused, find_organisation, start_sign_in
from server.accounts.work import Work
from server.kit.days import UnknownZoneError, zone_named
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5


async def add_organisation(session: AsyncSession, handle: str, name: str, *, demo: bool, now: datetime) -> UUID:
    """Found a clinic and return its id; `demo` marks invented people, which `serve` refuses."""
    row = OrganisationRow(id=new_id(), handle=handle, name=name, demo=demo, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def add_member(
    session: AsyncSession, organisation: UUID, role: MemberRole, email: str, name: str, password: str, now: datetime
) -> UUID:
    """Add somebody who works at the clinic and return their id.

    Raises:
        Invalid: the password is shorter than 15 characters, or the e-mail address is already a member's.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(f"A password has at least {MIN_LENGTH} characters.", code="short_password")
    if await repository.find_member(session, organisation, email.casefold()):
        raise Invalid("This e-mail address already belongs to a member.", code="known_email")
    row = MemberRow(
        organisation_id=organisation,
        id=new_id(),
        email=email.casefold(),
        name=name,
        role=role,
        password_hash=await hash_password(password),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


async def add_client(work: Work, data: AddClient) -> Client:
    """Add a client in the care of the member who adds them.

    Raises:
        Invalid: an unknown zone.
    """
    zone = read_zone(data.zone, "/zone")
    row = ClientRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        name=data.name,
        locale=data.locale,
        day_start=time.fromisoformat(data.day_start),
        rest_days=data.rest_days,
        display="gentle",
        shares_early_stops=False,
        created_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    key = {"organisation_id": row.organisation_id, "client_id": row.id}
    work.session.add(CareRelationRow(**key, member_id=work.access.subject, started_at=work.now))
    work.session.add(ZoneRow(**key, at=work.now, zone=zone))
    await work.session.flush()
    return await read_client(work, row.id)


async def change_client(work: Work, client: UUID, data: ChangeClient) -> Client:
    """Change what the therapist decides of a client. Past days stay as they were counted (`streaks.md` R1).

    Raises:
        NotFound: not in the caller's care.
    """
    row = await access_client(work.session, work.access, client)
    if data.day_start is not UNSET:
        row.day_start = time.fromisoformat(data.day_start)
    row.name = row.name if data.name is UNSET else data.name
    row.rest_days = row.rest_days if data.rest_days is UNSET else data.rest_days
    await work.session.flush()
    return await read_client(work, client)


async def list_clients(work: Work) -> Clients:
    """Return the clients in the caller's care, by name."""
    lines = await repository.list_clients(work.session, work.access, work.now)
    return Clients(items=[_client(row, zone, delivered) for row, zone, delivered in lines])


async def read_client(work: Work, client: UUID) -> Client:
    """Return one client in the caller's care.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work.session, work.access, client)
    row, zone, delivered = await repository.find_client_line(work.session, work.access, client, work.now)
    return _client(row, zone, delivered)


async def make_pairing_code(work: Work, client: UUID) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work.session, work.access, client)
    code = await _unused_code(work)
    locator, secret = codes.read_code(code)
    row = PairingRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        client_id=client,
        locator=locator,
        secret_hash=codes.hash_code(secret),
        expires_at=work.now + CODE_LIFE,
        tries=0,
    )
    work.session.add(row)
    return PairingCode(code=codes.show_code(code), expires_at=row.expires_at)


async def _unused_code(work: Work) -> str:
    """Return a code whose first half finds no other: each half has 33 million values, and codes are kept."""
    while True:
        code = codes.new_code()
        if await repository.find_pairing(work.session, work.access.organisation, codes.read_code(code)[0]) is None:
            return code


async def pair(session: AsyncSession, data: Pair, now: datetime) -> Tokens:
    """Pair a phone by the code that was read out, and note the zone it is in.

    Raises:
        Refused: unknown, used or expired, or five tries are over; one answer for all.
        Invalid: an unknown zone.
    """
    zone = read_zone(data.zone, "/zone")
    handle = data.organisation if isinstance(data.organisation, str) else None
    organisation = await find_organisation(session, handle)
    locator, secret = codes.read_code(data.code)
    row = await repository.find_pairing(session, organisation, locator)
    if row is not None:
        row.tries += 1
    if row is None or not _opens(row, secret, now):
        raise Refused("This code is not valid. Ask for a new one.", code="wrong_code")
    row.used_at = now
    key = {"organisation_id": organisation, "client_id": row.client_id}
    device = DeviceRow(**key, id=new_id(), paired_at=now)
    session.add(device)
    await session.merge(ZoneRow(**key, at=now, zone=zone))
    await session.flush()
    return start_sign_in(session, organisation, row.client_id, "client", device.id, now)


async def read_me(work: Work) -> Me:
    """Return what the caller's phone needs to know about its owner."""
    row = await access_client(work.session, work.access, work.access.subject)
    _, zone, _ = await repository.find_client_line(work.session, work.access, row.id, work.now)
    return _me(row, zone)


async def change_preferences(work: Work, data: ChangePreferences) -> Me:
    """Change what only the client decides."""
    row = await access_client(work.session, work.access, work.access.subject)
    row.display = row.display if data.display is UNSET else data.display
    if data.shares_early_stops is not UNSET:
        row.shares_early_stops = data.shares_early_stops
    await work.session.flush()
    return await read_me(work)


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


def _opens(row: PairingRow, secret: str, now: datetime) -> bool:
    fresh = row.used_at is None and row.expires_at > now and row.tries <= CODE_TRIES
    return fresh and codes.same_code(secret, row.secret_hash)


def _client(row: ClientRow, zone: str, delivered: datetime | None) -> Client:
    return Client(
        id=row.id,
        name=row.name,
        zone=zone,
        locale=row.locale,
        day_start=row.day_start.isoformat("minutes"),
        rest_days=row.rest_days,
        created_at=row.created_at,
        last_outbox_at=delivered or UNSET,
    )


def _me(row: ClientRow, zone: str) -> Me:
    return Me(
        id=row.id,
        zone=zone,
        locale=row.locale,
        day_start=row.day_start.isoformat("minutes"),
        display=row.display,
        shares_early_stops=row.shares_early_stops,
    )
