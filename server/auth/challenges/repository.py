from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.challenges.models import SpentChallengeRow


async def is_spent(session: AsyncSession, organisation: UUID, challenge_hash: bytes) -> bool:
    """Whether a challenge was answered before."""
    query = select(SpentChallengeRow.expires_at).where(
        SpentChallengeRow.organisation_id == organisation, SpentChallengeRow.challenge_hash == challenge_hash
    )
    return await session.scalar(query) is not None


async def add_spent(session: AsyncSession, organisation: UUID, challenge_hash: bytes, expires_at: datetime) -> bool:
    """Write down that a challenge is answered; False when it was before. Of two at once, one waits for the other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = (
        insert(SpentChallengeRow)
        .values(organisation_id=organisation, challenge_hash=challenge_hash, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(SpentChallengeRow.expires_at)
    )
    return await session.scalar(added) is not None


async def forget_spent(session: AsyncSession, organisation: UUID, now: datetime) -> None:
    """Delete what has expired."""
    await session.execute(
        delete(SpentChallengeRow).where(
            SpentChallengeRow.organisation_id == organisation, SpentChallengeRow.expires_at <= now
        )
    )
