"""Telling a phone that its owner was erased: it forgets what it holds, rather than asking to be paired again."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.tokens import same_secret
from server.auth import repository
from server.auth.repository import Bearer
from server.kit.errors import Gone


async def refuse_erased(session: AsyncSession, found: Bearer | None, secret: bytes) -> None:
    """Answer a phone whose token was genuine.

    Raises:
        Gone: the client was erased.
    """
    if found is None or found.sign_in.role != "client" or not found.ended:
        return
    row = found.sign_in
    genuine = any(same_secret(secret, each) for each in (row.access_hash, row.refresh_hash, row.previous_hash))
    if genuine and not await repository.has_client(session, row.organisation_id, row.subject_id):
        raise Gone("Everything that was kept here has been erased, for good.", code="scope_erased")
