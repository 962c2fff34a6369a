"""Who may see whom, decided here and nowhere else."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository
from server.accounts.models import ClientRow
from server.accounts.schemas import Access
from server.kit.errors import NotFound


async def access_client(session: AsyncSession, access: Access, client: UUID) -> ClientRow:
    """Return a client the caller may see now.

    Raises:
        NotFound: there is no such client, or the caller may not know that there is.
    """
    row = await repository.find_client(session, access, client)
    if row is None:
        raise NotFound("There is no such client in your care.")
    return row
