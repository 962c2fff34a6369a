"""Reads of what a client asked to be reminded of. Every function takes the caller's `Access`."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.practice.reminders.models import RemindersRow


async def find_reminders(session: AsyncSession, access: Access, client: UUID) -> RemindersRow | None:
    """Return what a client asked for; None when they never did."""
    return await session.get(RemindersRow, (access.organisation, client), populate_existing=True)
