"""Reads of pauses. Every function takes the caller's `Access`."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import RevisionRow
from server.accounts.schemas import Access
from server.practice.pauses.models import PauseRow


async def list_pauses(session: AsyncSession, access: Access, client: UUID) -> Sequence[PauseRow]:
    """Return a client's pauses that were not removed, by their first date."""
    query = select(PauseRow).where(
        PauseRow.organisation_id == access.organisation,
        PauseRow.client_id == client,
        PauseRow.removed_at.is_(None),
    )
    return (await session.scalars(query.order_by(PauseRow.from_date, PauseRow.id))).all()


async def find_pause(session: AsyncSession, access: Access, client: UUID, key: UUID) -> PauseRow | None:
    """Return a client's pause, removed or not; whoever changes it holds the client's scope."""
    return await session.get(PauseRow, (access.organisation, client, key))


async def first_state(session: AsyncSession, access: Access, client: UUID, key: UUID) -> str:
    """Return what a pause said when it was made, as it was kept."""
    query = select(RevisionRow.body).where(
        RevisionRow.organisation_id == access.organisation,
        RevisionRow.client_id == client,
        RevisionRow.item_id == key,
    )
    return (await session.scalars(query.order_by(RevisionRow.version).limit(1))).one()
