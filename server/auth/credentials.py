from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.models import PasswordRow
from server.auth.passwords import MIN_LENGTH, hash_password
from server.kit.errors import Invalid


async def set_password(session: AsyncSession, organisation: UUID, member: UUID, password: str, now: datetime) -> None:
    """Give a member a password, or another one.

    Raises:
        Invalid: it is shorter than 15 characters.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(f"A password has at least {MIN_LENGTH} characters.", code="short_password")
    stored = await hash_password(password)
    await session.merge(PasswordRow(organisation_id=organisation, member_id=member, hash=stored, changed_at=now))
    await session.flush()
