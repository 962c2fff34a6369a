"""Reads and writes of the ledger. Every function takes the caller's `Access`."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.kit.sealed import Sealed
from server.practice.models import CompletionRow, VoidRow


async def find_completions(session: AsyncSession, access: Access, keys: Iterable[UUID]) -> dict[UUID, CompletionRow]:
    """Return those of the caller's completions that have one of these ids, voided or not."""
    query = select(CompletionRow).where(
        CompletionRow.organisation_id == access.organisation,
        CompletionRow.client_id == access.subject,
        CompletionRow.id.in_(list(keys)),
    )
    return {row.id: row for row in await session.scalars(query)}


async def find_voids(session: AsyncSession, access: Access, keys: Iterable[UUID]) -> dict[UUID, VoidRow]:
    """Return the caller's voids of these completions."""
    query = select(VoidRow).where(
        VoidRow.organisation_id == access.organisation,
        VoidRow.client_id == access.subject,
        VoidRow.completion_id.in_(list(keys)),
    )
    return {row.completion_id: row for row in await session.scalars(query)}


async def list_notes(session: AsyncSession, access: Access, client: UUID) -> dict[UUID, Sealed]:
    """Return the sealed notes of a client's completions, by completion."""
    query = select(CompletionRow.id, CompletionRow.note).where(
        CompletionRow.organisation_id == access.organisation,
        CompletionRow.client_id == client,
        CompletionRow.note.is_not(None),
    )
    return {key: note for key, note in await session.execute(query) if note is not None}


async def list_live(session: AsyncSession, access: Access, client: UUID) -> Sequence[CompletionRow]:
    """Return a client's completions that have not been taken back, by practice date."""
    voided = select(VoidRow.completion_id).where(
        VoidRow.organisation_id == access.organisation, VoidRow.client_id == client
    )
    query = select(CompletionRow).where(
        CompletionRow.organisation_id == access.organisation,
        CompletionRow.client_id == client,
        CompletionRow.id.not_in(voided),
    )
    return (await session.scalars(query.order_by(CompletionRow.practice_date, CompletionRow.id))).all()
