"""Reads of a clinic's own line and its confirmations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row as ResultRow
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.crisis.models import CrisisConfirmationRow, CrisisLineRow
from server.accounts.models import OrganisationRow
from server.accounts.schemas import Access


async def find_line(session: AsyncSession, organisation: UUID) -> CrisisLineRow | None:
    """Return the line of a clinic."""
    return await session.get(CrisisLineRow, organisation)


async def lock_line(session: AsyncSession, access: Access) -> CrisisLineRow | None:
    """Return the line of the caller's clinic, locked."""
    return await session.get(CrisisLineRow, access.organisation, with_for_update=True)


async def lock_confirmation(session: AsyncSession, access: Access, country: str) -> CrisisConfirmationRow | None:
    """Return the confirmation of a country's card, locked."""
    return await session.get(CrisisConfirmationRow, (access.organisation, country), with_for_update=True)


async def list_confirmations(session: AsyncSession, organisation: UUID) -> Sequence[CrisisConfirmationRow]:
    """Return what a clinic has confirmed."""
    query = select(CrisisConfirmationRow).where(CrisisConfirmationRow.organisation_id == organisation)
    return (await session.scalars(query.order_by(CrisisConfirmationRow.country))).all()


async def list_handles(session: AsyncSession) -> Sequence[ResultRow[UUID, str]]:
    """Return every clinic of this server with its handle, for the operator's own work."""
    query = select(OrganisationRow.id, OrganisationRow.handle).order_by(OrganisationRow.handle)
    return (await session.execute(query)).all()
