"""Reads of what a clinic knows of a client. Every function takes the caller's `Access`."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.care.flags.models import ClientFlagsRow


async def find_flags(session: AsyncSession, access: Access, client: UUID) -> ClientFlagsRow | None:
    """Return what is known of a client, as it is now."""
    return await session.get(ClientFlagsRow, (access.organisation, client), populate_existing=True)
