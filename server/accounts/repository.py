"""Reads and writes of the accounts tables. Every function is given the organisation, or the `Access` that holds it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Row as ResultRow
from sqlalchemy import Select, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from server.accounts.models import (
    CareRelationRow,
    ClientRow,
    DeviceRow,
    MemberRow,
    OrganisationRow,
    SyncHeadRow,
    ZoneRow,
)
from server.accounts.schemas import STAFF, Access
from server.accounts.sharing.models import SupportPersonRow


async def find_organisations(session: AsyncSession, handle: str | None) -> Sequence[OrganisationRow]:
    """Return the organisation of a handle, or, without one, at most two, to tell whether there is only one."""
    query = select(OrganisationRow).limit(2)
    if handle is not None:
        query = query.where(OrganisationRow.handle == handle)
    return (await session.scalars(query)).all()


async def list_organisations(session: AsyncSession) -> Sequence[UUID]:
    """Return every organisation of this server, for the operator's own work."""
    return (await session.scalars(select(OrganisationRow.id))).all()


async def has_demo(session: AsyncSession) -> bool:
    """Whether this database holds invented people whose passwords are known."""
    return await session.scalar(select(OrganisationRow.id).where(OrganisationRow.demo)) is not None


async def find_member(session: AsyncSession, organisation: UUID, email_hash: bytes) -> MemberRow | None:
    """Return the active member whose e-mail address hashes to this."""
    query = select(MemberRow).where(
        MemberRow.organisation_id == organisation, MemberRow.email_hash == email_hash, MemberRow.ended_at.is_(None)
    )
    return await session.scalar(query)


async def list_members(session: AsyncSession, access: Access, members: Iterable[UUID]) -> Sequence[MemberRow]:
    """Return those of these people who are or were members."""
    query = select(MemberRow).where(MemberRow.organisation_id == access.organisation, MemberRow.id.in_(list(members)))
    return (await session.scalars(query)).all()


async def find_client(session: AsyncSession, access: Access, client: UUID) -> ClientRow | None:
    """Return a client the caller may see: themselves, the one they support, or one in the caller's care now."""
    query = select(ClientRow).where(ClientRow.organisation_id == access.organisation, ClientRow.id == client)
    # Asked again behind a lock, it is what others have made of it meanwhile.
    query = query.execution_options(populate_existing=True)
    if access.role == "client":
        return await session.scalar(query.where(ClientRow.id == access.subject))
    if access.role == "support":
        return await session.scalar(query.where(ClientRow.id.in_(_supported(access))))
    return await session.scalar(query.where(ClientRow.id.in_(_in_care(access)))) if access.role in STAFF else None


async def lock_client(session: AsyncSession, access: Access, client: UUID) -> None:
    """Let one request at a time change what belongs to a client."""
    query = select(ClientRow.id).where(ClientRow.organisation_id == access.organisation, ClientRow.id == client)
    # Rows that only point at the client, such as practice that comes in, need not wait.
    await session.execute(query.with_for_update(key_share=True))


async def hold_client(session: AsyncSession, organisation: UUID, client: UUID) -> bool:
    """Whether there is still such a client, who then stays until this transaction ends."""
    query = select(ClientRow.id).where(ClientRow.organisation_id == organisation, ClientRow.id == client)
    return await session.scalar(query.with_for_update(read=True, key_share=True)) is not None


async def lock_head(session: AsyncSession, organisation: UUID, client: UUID) -> SyncHeadRow:
    """Return the head of a client's scope, locked until the end of the transaction: its writers queue here."""
    return await session.get_one(SyncHeadRow, (organisation, client), with_for_update=True, populate_existing=True)


async def renew_epochs(session: AsyncSession, organisation: UUID) -> None:
    """Give the scope of each client of an organisation a new random epoch: no cursor holds any more."""
    query = select(SyncHeadRow).options(load_only(SyncHeadRow.epoch)).with_for_update()
    for head in await session.scalars(query.where(SyncHeadRow.organisation_id == organisation)):
        head.epoch = uuid4()


async def cares_for(session: AsyncSession, access: Access, member: UUID, client: UUID) -> bool:
    """Whether a member cares for a client now."""
    query = select(CareRelationRow.member_id).where(
        CareRelationRow.organisation_id == access.organisation,
        CareRelationRow.member_id == member,
        CareRelationRow.client_id == client,
        CareRelationRow.ended_at.is_(None),
    )
    return await session.scalar(query.limit(1)) is not None


async def list_clients(
    session: AsyncSession, access: Access, now: datetime
) -> Sequence[ResultRow[ClientRow, str, datetime | None]]:
    """Return (client, zone now, last delivery of any phone) for each client in the caller's care."""
    query = _client_lines(access, now).where(ClientRow.id.in_(_in_care(access)))
    return (await session.execute(query)).all()


async def find_client_line(
    session: AsyncSession, access: Access, client: UUID, now: datetime
) -> ResultRow[ClientRow, str, datetime | None]:
    """Return one line of `list_clients`; the caller has already been let through to this client."""
    return (await session.execute(_client_lines(access, now).where(ClientRow.id == client))).one()


async def list_zones(session: AsyncSession, access: Access, client: UUID) -> Sequence[ZoneRow]:
    """Return a client's zone history, oldest first."""
    query = select(ZoneRow).where(ZoneRow.organisation_id == access.organisation, ZoneRow.client_id == client)
    return (await session.scalars(query.order_by(ZoneRow.at))).all()


async def find_zone(session: AsyncSession, organisation: UUID, client: UUID, at: datetime) -> ZoneRow | None:
    """Return what was reported of a client's zone for exactly this instant."""
    return await session.get(ZoneRow, (organisation, client, at))


async def list_devices(session: AsyncSession, access: Access, client: UUID) -> Sequence[DeviceRow]:
    """Return a client's phones, the newest first, also those that were ended."""
    query = select(DeviceRow).where(DeviceRow.organisation_id == access.organisation, DeviceRow.client_id == client)
    return (await session.scalars(query.order_by(DeviceRow.paired_at.desc(), DeviceRow.id.desc()))).all()


async def lock_device(session: AsyncSession, access: Access, client: UUID, device: UUID) -> DeviceRow | None:
    """Return one of a client's phones, locked."""
    return await session.get(DeviceRow, (access.organisation, client, device), with_for_update=True)


async def last_delivery(session: AsyncSession, access: Access, client: UUID) -> datetime | None:
    """Return when any phone of the client last delivered its outbox (`streaks.md` R8)."""
    query = select(func.max(DeviceRow.last_outbox_at)).where(
        DeviceRow.organisation_id == access.organisation, DeviceRow.client_id == client
    )
    return await session.scalar(query)


async def mark_delivery(session: AsyncSession, access: Access, device: UUID, now: datetime) -> None:
    """Note that the caller's phone has delivered its outbox now."""
    await session.execute(
        update(DeviceRow)
        .where(
            DeviceRow.organisation_id == access.organisation,
            DeviceRow.client_id == access.subject,
            DeviceRow.id == device,
        )
        .values(last_outbox_at=now)
    )


def _in_care(access: Access) -> Select[UUID]:
    return select(CareRelationRow.client_id).where(
        CareRelationRow.organisation_id == access.organisation,
        CareRelationRow.member_id == access.subject,
        CareRelationRow.ended_at.is_(None),
    )


def _supported(access: Access) -> Select[UUID]:
    return select(SupportPersonRow.client_id).where(
        SupportPersonRow.organisation_id == access.organisation,
        SupportPersonRow.id == access.subject,
        SupportPersonRow.ended_at.is_(None),
    )


def _client_lines(access: Access, now: datetime) -> Select[ClientRow, str, datetime | None]:
    zone = (
        select(ZoneRow.zone)
        .where(ZoneRow.organisation_id == ClientRow.organisation_id, ZoneRow.client_id == ClientRow.id)
        # A change that is dated in the future has not happened; the first zone reaches back for ever.
        .order_by((ZoneRow.at <= now).desc(), case((ZoneRow.at <= now, None), else_=ZoneRow.at), ZoneRow.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    delivered = (
        select(func.max(DeviceRow.last_outbox_at))
        .where(DeviceRow.organisation_id == ClientRow.organisation_id, DeviceRow.client_id == ClientRow.id)
        .scalar_subquery()
    )
    return select(ClientRow, zone, delivered).where(ClientRow.organisation_id == access.organisation)
