"""Reads and writes of the accounts tables. Every function is given the organisation, or the `Access` that holds it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Row as ResultRow
from sqlalchemy import Select, bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from server.accounts.errand import Head
from server.accounts.models import (
    CareRelationRow,
    ClientRow,
    DeviceRow,
    MemberRow,
    OrganisationRow,
    RevisionRow,
    SyncHeadRow,
    ZoneRow,
)
from server.accounts.schemas import STAFF, Access
from server.accounts.sharing.models import SupportPersonRow
from server.db.link import Link
from server.db.statement import Statement


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


async def read_anew(session: AsyncSession, organisation: UUID, client: UUID) -> ClientRow:
    """Return a client as they are now that their scope is locked, whatever was read of them before."""
    return await session.get_one(ClientRow, (organisation, client), populate_existing=True)


async def lock_head(session: AsyncSession, organisation: UUID, client: UUID) -> SyncHeadRow | None:
    """Return the head of a client's scope, locked until the end of the transaction: its writers queue here."""
    return await session.get(SyncHeadRow, (organisation, client), with_for_update=True, populate_existing=True)


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


async def list_scopes(session: AsyncSession, organisation: UUID) -> Sequence[UUID]:
    """Return whose scopes there are, for the operator's own work."""
    query = select(SyncHeadRow.client_id).where(SyncHeadRow.organisation_id == organisation)
    return (await session.scalars(query.order_by(SyncHeadRow.client_id))).all()


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


async def list_revisions(
    session: AsyncSession, access: Access, client: UUID, known_at: datetime
) -> dict[UUID, RevisionRow]:
    """Return what each document of a client's scope said at an instant, by its id."""
    query = select(RevisionRow).where(
        RevisionRow.organisation_id == access.organisation,
        RevisionRow.client_id == client,
        RevisionRow.at <= known_at,
    )
    return {row.item_id: row for row in await session.scalars(query.order_by(RevisionRow.version))}


async def find_head(session: AsyncSession, access: Access, client: UUID) -> SyncHeadRow:
    """Return the head of the scope of a client whom the caller was let through to."""
    return await session.get_one(SyncHeadRow, (access.organisation, client))


async def save_head(link: Link, access: Access, head: Head) -> None:
    """Write the head of the caller's own scope, last in a transaction that has locked it."""
    await link.all(
        _SAVE_HEAD,
        {
            "organisation": access.organisation,
            "client": access.subject,
            "now_version": head.version,
            "now_digest": head.digest,
            "now_delivered_at": head.delivered_at,
            "now_standing": head.standing,
            "now_answer": head.answer,
        },
    )


async def mark_delivery(link: Link, access: Access, now: datetime) -> None:
    """Note in the caller's phone's own row that it has delivered its outbox now."""
    values = {"organisation": access.organisation, "client": access.subject, "device": access.device, "now": now}
    await link.all(_MARK_DELIVERY, values)


_SAVE_HEAD = Statement(
    update(SyncHeadRow)
    .where(
        SyncHeadRow.organisation_id == bindparam("organisation"),
        SyncHeadRow.client_id == bindparam("client"),
    )
    .values(
        version=bindparam("now_version"),
        digest=bindparam("now_digest"),
        delivered_at=bindparam("now_delivered_at"),
        standing=bindparam("now_standing"),
        answer=bindparam("now_answer"),
    )
)
_MARK_DELIVERY = Statement(
    update(DeviceRow)
    .where(
        DeviceRow.organisation_id == bindparam("organisation"),
        DeviceRow.client_id == bindparam("client"),
        DeviceRow.id == bindparam("device"),
    )
    .values(last_outbox_at=bindparam("now"))
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
        select(SyncHeadRow.delivered_at)
        .where(SyncHeadRow.organisation_id == ClientRow.organisation_id, SyncHeadRow.client_id == ClientRow.id)
        .scalar_subquery()
    )
    return select(ClientRow, zone, delivered).where(ClientRow.organisation_id == access.organisation)
