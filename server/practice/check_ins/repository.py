"""Reads of check-ins and of what was rated around a practice. Every function takes the caller's `Access`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from server.accounts.schemas import Access
from server.practice.models import CheckInRow, CompletionRow, VoidRow


async def list_check_ins(session: AsyncSession, access: Access, client: UUID, since: date) -> Sequence[CheckInRow]:
    """Return a client's check-ins from a date on, with their words, but those taken back."""
    query = (
        select(CheckInRow)
        .options(undefer(CheckInRow.mood_word))
        .where(
            CheckInRow.organisation_id == access.organisation,
            CheckInRow.client_id == client,
            CheckInRow.practice_date >= since,
            CheckInRow.id.not_in(
                select(VoidRow.completion_id).where(
                    VoidRow.organisation_id == access.organisation, VoidRow.client_id == client
                )
            ),
        )
    )
    return (await session.scalars(query)).all()


async def list_rated(session: AsyncSession, access: Access, client: UUID, since: date) -> Sequence[CompletionRow]:
    """Return a client's practices from a date on around which anything was rated, but those taken back."""
    rated = (
        CompletionRow.distress_before,
        CompletionRow.distress_after,
        CompletionRow.presence,
        CompletionRow.ease,
        CompletionRow.change,
        CompletionRow.unreal,
    )
    query = select(CompletionRow).where(
        CompletionRow.organisation_id == access.organisation,
        CompletionRow.client_id == client,
        CompletionRow.practice_date >= since,
        or_(*(column.is_not(None) for column in rated)),
        CompletionRow.id.not_in(
            select(VoidRow.completion_id).where(
                VoidRow.organisation_id == access.organisation, VoidRow.client_id == client
            )
        ),
    )
    return (await session.scalars(query)).all()
