"""Reads and writes of the ledger. Every function takes the caller's `Access`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import bindparam, func, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import ZoneRow
from server.accounts.schemas import Access
from server.db.link import Link
from server.db.statement import Among, Ids, Statement
from server.kit.sealed import Sealed
from server.practice.check_ins.taking_in import CheckIn
from server.practice.ledger import Entry
from server.practice.models import CheckInRow, CompletionRow, DeliveryRow, VoidRow

_MINE = (
    CompletionRow.organisation_id == bindparam("organisation"),
    CompletionRow.client_id == bindparam("client"),
)
_MY_CHECK_INS = (
    CheckInRow.organisation_id == bindparam("organisation"),
    CheckInRow.client_id == bindparam("client"),
)
_COLUMNS = [CompletionRow.__table__.c[name] for name in Entry.__struct_fields__]
_FIND_KNOWN = Statement(
    union_all(
        select(CompletionRow.id).where(*_MINE, Among(CompletionRow.id, bindparam("ids", type_=Ids()))),
        select(VoidRow.completion_id).where(
            VoidRow.organisation_id == bindparam("organisation"),
            VoidRow.client_id == bindparam("client"),
            Among(VoidRow.completion_id, bindparam("ids", type_=Ids())),
        ),
        select(CheckInRow.id).where(*_MY_CHECK_INS, Among(CheckInRow.id, bindparam("ids", type_=Ids()))),
    )
)
_FIND_ENTRIES = Statement(select(*_COLUMNS).where(*_MINE, Among(CompletionRow.id, bindparam("ids", type_=Ids()))))
_CHECK_IN_COLUMNS = [CheckInRow.__table__.c[name] for name in CheckIn.__struct_fields__]
_FIND_CHECK_INS = Statement(
    select(*_CHECK_IN_COLUMNS).where(*_MY_CHECK_INS, Among(CheckInRow.id, bindparam("ids", type_=Ids())))
)
_FIND_VOIDS = Statement(
    select(VoidRow.completion_id, VoidRow.version).where(
        VoidRow.organisation_id == bindparam("organisation"),
        VoidRow.client_id == bindparam("client"),
        Among(VoidRow.completion_id, bindparam("ids", type_=Ids())),
    )
)
_FIND_ZONES = Statement(
    select(ZoneRow.at, ZoneRow.zone, ZoneRow.version).where(
        ZoneRow.organisation_id == bindparam("organisation"), ZoneRow.client_id == bindparam("client")
    )
)
_ADD_ENTRY = Statement(insert(CompletionRow))
_ADD_CHECK_IN = Statement(insert(CheckInRow))
_ADD_VOID = Statement(insert(VoidRow))
_ADD_ZONE = Statement(insert(ZoneRow))
_ADD_DELIVERY = Statement(insert(DeliveryRow))


async def find_known(link: Link, access: Access, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of these ids that a completion or check-in of the caller's, or a void of one, has."""
    return [UUID(str(row[0])) for row in await link.all(_FIND_KNOWN, {**_owner(access), "ids": ids})]


async def find_entries(link: Link, access: Access, ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """Return those of the caller's completions that have one of these ids, voided or not."""
    rows = await link.all(_FIND_ENTRIES, {**_owner(access), "ids": ids})
    entries = [Entry(**dict(zip(Entry.__struct_fields__, row, strict=True))) for row in rows]
    return {entry.id: entry for entry in entries}


async def find_check_ins(link: Link, access: Access, ids: Sequence[UUID]) -> dict[UUID, CheckIn]:
    """Return those of the caller's check-ins that have one of these ids, voided or not."""
    rows = await link.all(_FIND_CHECK_INS, {**_owner(access), "ids": ids})
    found = [CheckIn(**dict(zip(CheckIn.__struct_fields__, row, strict=True))) for row in rows]
    return {each.id: each for each in found}


async def find_voids(link: Link, access: Access, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the versions of the caller's voids of these completions."""
    return {UUID(str(row[0])): row[1] for row in await link.all(_FIND_VOIDS, {**_owner(access), "ids": ids})}


async def find_zones(link: Link, access: Access) -> dict[datetime, tuple[str, int]]:
    """Return what was reported of the caller's zones: by instant the zone and its version."""
    return {at: (zone, version) for at, zone, version in await link.all(_FIND_ZONES, _owner(access))}


async def add_entries(link: Link, access: Access, entries: Iterable[tuple[Entry, Sealed | None]]) -> None:
    """Add completions to the caller's ledger, each with its sealed note."""
    owner = {"organisation_id": access.organisation, "client_id": access.subject}
    await link.each(_ADD_ENTRY, [{**owner, **asdict(entry), "note": note} for entry, note in entries])


async def add_check_ins(link: Link, access: Access, check_ins: Iterable[CheckIn]) -> None:
    """Add check-ins to the caller's ledger."""
    owner = {"organisation_id": access.organisation, "client_id": access.subject}
    await link.each(_ADD_CHECK_IN, [{**owner, **asdict(each)} for each in check_ins])


async def add_voids(link: Link, access: Access, voids: Iterable[tuple[UUID, int]], now: datetime) -> None:
    """Take completions of the caller's back, each with its version."""
    owner = {"organisation_id": access.organisation, "client_id": access.subject, "received_at": now}
    await link.each(_ADD_VOID, [{**owner, "completion_id": item, "version": version} for item, version in voids])


async def add_zones(
    link: Link, access: Access, zones: Iterable[tuple[UUID, datetime, str, int]], now: datetime
) -> None:
    """Add to the caller's zone history: id, instant, zone and version of each."""
    owner = {"organisation_id": access.organisation, "client_id": access.subject, "received_at": now}
    rows = [{**owner, "id": item, "at": at, "zone": zone, "version": version} for item, at, zone, version in zones]
    await link.each(_ADD_ZONE, rows)


async def add_delivery(link: Link, access: Access, now: datetime) -> None:
    """Note that the caller delivered an outbox."""
    await link.all(_ADD_DELIVERY, {"organisation_id": access.organisation, "client_id": access.subject, "at": now})


async def last_delivery(session: AsyncSession, access: Access, client: UUID, known_at: datetime) -> datetime | None:
    """Return when a client had last delivered by an instant, to the minute (`streaks.md` R8)."""
    query = select(func.max(DeliveryRow.at)).where(
        DeliveryRow.organisation_id == access.organisation,
        DeliveryRow.client_id == client,
        DeliveryRow.at <= known_at,
    )
    return await session.scalar(query)


def _owner(access: Access) -> dict[str, UUID]:
    return {"organisation": access.organisation, "client": access.subject}


async def list_notes(session: AsyncSession, access: Access, client: UUID) -> dict[UUID, Sealed]:
    """Return the sealed notes of a client's completions, by completion."""
    query = select(CompletionRow.id, CompletionRow.note).where(
        CompletionRow.organisation_id == access.organisation,
        CompletionRow.client_id == client,
        CompletionRow.note.is_not(None),
    )
    return {key: note for key, note in await session.execute(query) if note is not None}


async def list_live(
    session: AsyncSession, access: Access, client: UUID, known_at: datetime | None = None
) -> Sequence[CompletionRow]:
    """Return a client's completions that have not been taken back, by practice date; of now, or as known earlier."""
    voided = select(VoidRow.completion_id).where(
        VoidRow.organisation_id == access.organisation, VoidRow.client_id == client
    )
    query = select(CompletionRow).where(
        CompletionRow.organisation_id == access.organisation, CompletionRow.client_id == client
    )
    if known_at is not None:
        voided = voided.where(VoidRow.received_at <= known_at)
        query = query.where(CompletionRow.received_at <= known_at)
    query = query.where(CompletionRow.id.not_in(voided))
    return (await session.scalars(query.order_by(CompletionRow.practice_date, CompletionRow.id))).all()
