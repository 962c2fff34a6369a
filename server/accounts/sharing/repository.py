"""Reads and writes of what clients share. Every function takes the caller's `Access`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.accounts.sharing.models import ConsentRow, SupportPersonRow


async def list_consents(session: AsyncSession, access: Access, client: UUID) -> Sequence[ConsentRow]:
    """Return a client's whole ledger, newest first."""
    query = select(ConsentRow).where(ConsentRow.organisation_id == access.organisation, ConsentRow.client_id == client)
    return (await session.scalars(query.order_by(ConsentRow.id.desc()))).all()


async def list_consents_of(session: AsyncSession, access: Access, clients: Collection[UUID]) -> Sequence[ConsentRow]:
    """Return the ledgers of several clients, in no order."""
    query = select(ConsentRow).where(
        ConsentRow.organisation_id == access.organisation, ConsentRow.client_id.in_(clients)
    )
    return (await session.scalars(query)).all()


async def lock_consent(session: AsyncSession, access: Access, key: UUID) -> ConsentRow | None:
    """Return one of the caller's own consents, locked."""
    query = select(ConsentRow).where(
        ConsentRow.organisation_id == access.organisation,
        ConsentRow.client_id == access.subject,
        ConsentRow.id == key,
    )
    return await session.scalar(query.with_for_update())


async def revoke_alike(session: AsyncSession, access: Access, row: ConsentRow, now: datetime) -> None:
    """Revoke what the caller shares now of the same scope with the same grantee."""
    await session.execute(
        update(ConsentRow)
        .where(
            *_held(access, now),
            ConsentRow.scope == row.scope,
            ConsentRow.grantee == row.grantee,
            ConsentRow.member_id.is_not_distinct_from(row.member_id),
            ConsentRow.support_person_id.is_not_distinct_from(row.support_person_id),
        )
        .values(revoked_at=now)
    )


async def revoke_all_to(
    session: AsyncSession, access: Access, member: UUID, clients: Collection[UUID], now: datetime
) -> None:
    """Revoke what these clients share with one member by name."""
    await session.execute(
        update(ConsentRow)
        .where(
            ConsentRow.organisation_id == access.organisation,
            ConsentRow.client_id.in_(clients),
            ConsentRow.member_id == member,
            *_unended(now),
        )
        .values(revoked_at=now)
    )


async def revoke_all_of(session: AsyncSession, access: Access, support_person: UUID, now: datetime) -> None:
    """Revoke everything the caller shares with somebody who supports them."""
    query = update(ConsentRow).where(*_held(access, now), ConsentRow.support_person_id == support_person)
    await session.execute(query.values(revoked_at=now))


def _held(access: Access, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ConsentRow.organisation_id == access.organisation,
        ConsentRow.client_id == access.subject,
        *_unended(now),
    )


def _unended(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ConsentRow.revoked_at.is_(None), or_(ConsentRow.expires.is_(None), ConsentRow.expires > now)


async def find_support_person(session: AsyncSession, access: Access, person: UUID) -> SupportPersonRow | None:
    """Return somebody who supports the caller, or did."""
    query = select(SupportPersonRow).where(
        SupportPersonRow.organisation_id == access.organisation,
        SupportPersonRow.client_id == access.subject,
        SupportPersonRow.id == person,
    )
    return await session.scalar(query)


async def list_support_persons(session: AsyncSession, access: Access) -> Sequence[SupportPersonRow]:
    """Return who supports the caller, then who did; the newest first in each."""
    query = select(SupportPersonRow).where(
        SupportPersonRow.organisation_id == access.organisation, SupportPersonRow.client_id == access.subject
    )
    order = (SupportPersonRow.ended_at.is_not(None), SupportPersonRow.id.desc())
    return (await session.scalars(query.order_by(*order))).all()


async def find_supporter(session: AsyncSession, access: Access) -> SupportPersonRow | None:
    """Return the caller, who supports a client."""
    return await session.get(SupportPersonRow, (access.organisation, access.subject))


async def is_supporting(session: AsyncSession, organisation: UUID, person: UUID) -> bool:
    """Whether a support person was not ended."""
    row = await session.get(SupportPersonRow, (organisation, person))
    return row is not None and row.ended_at is None
