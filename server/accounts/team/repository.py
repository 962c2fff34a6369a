"""Reads and writes of who works here and cares for whom. Every function takes the caller's `Access`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row as ResultRow
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import CareRelationRow, MemberRow
from server.accounts.schemas import STAFF, Access


async def find_colleague(session: AsyncSession, access: Access, member: UUID) -> MemberRow | None:
    """Return a member who works here now and may care for clients."""
    query = select(MemberRow).where(
        MemberRow.organisation_id == access.organisation,
        MemberRow.id == member,
        MemberRow.role.in_(STAFF),
        MemberRow.ended_at.is_(None),
    )
    return await session.scalar(query)


async def find_member(session: AsyncSession, access: Access, member: UUID) -> MemberRow | None:
    """Return a member, also one who has left."""
    return await session.get(MemberRow, (access.organisation, member))


async def list_carers(
    session: AsyncSession, access: Access, client: UUID
) -> Sequence[ResultRow[CareRelationRow, MemberRow]]:
    """Return who cares and cared for a client: those who do first, the newest first."""
    member = (MemberRow.organisation_id == CareRelationRow.organisation_id) & (
        MemberRow.id == CareRelationRow.member_id
    )
    query = (
        select(CareRelationRow, MemberRow)
        .join(MemberRow, member)
        .where(CareRelationRow.organisation_id == access.organisation, CareRelationRow.client_id == client)
        .order_by(CareRelationRow.ended_at.is_not(None), CareRelationRow.started_at.desc(), MemberRow.id)
    )
    return (await session.execute(query)).all()


async def lock_clients_of(session: AsyncSession, access: Access, member: UUID) -> Sequence[UUID]:
    """Return the clients in a member's care now, the relations locked."""
    query = select(CareRelationRow.client_id).where(
        CareRelationRow.organisation_id == access.organisation,
        CareRelationRow.member_id == member,
        CareRelationRow.ended_at.is_(None),
    )
    return (await session.scalars(query.order_by(CareRelationRow.client_id).with_for_update())).all()


async def end_relations(
    session: AsyncSession, access: Access, member: UUID, client: UUID | None, now: datetime
) -> Sequence[UUID]:
    """End a member's care for a client, or, without one, for all; return whose it was."""
    query = update(CareRelationRow).where(
        CareRelationRow.organisation_id == access.organisation,
        CareRelationRow.member_id == member,
        CareRelationRow.ended_at.is_(None),
    )
    if client is not None:
        query = query.where(CareRelationRow.client_id == client)
    return (await session.scalars(query.values(ended_at=now).returning(CareRelationRow.client_id))).all()


async def list_members(session: AsyncSession, access: Access, *, ended: bool) -> Sequence[MemberRow]:
    """Return who works at the clinic; with `ended`, also who did."""
    query = select(MemberRow).where(MemberRow.organisation_id == access.organisation)
    return (await session.scalars(query if ended else query.where(MemberRow.ended_at.is_(None)))).all()


async def lock_admins(session: AsyncSession, access: Access) -> Sequence[UUID]:
    """Return the clinic's admins, locked in one order: two of them must not end each other at once."""
    query = select(MemberRow.id).where(
        MemberRow.organisation_id == access.organisation, MemberRow.role == "admin", MemberRow.ended_at.is_(None)
    )
    return (await session.scalars(query.order_by(MemberRow.id).with_for_update(key_share=True))).all()


async def lock_member(session: AsyncSession, access: Access, member: UUID) -> MemberRow | None:
    """Return a member who works here now, locked."""
    query = select(MemberRow).where(
        MemberRow.organisation_id == access.organisation, MemberRow.id == member, MemberRow.ended_at.is_(None)
    )
    return await session.scalar(query.with_for_update(key_share=True))
