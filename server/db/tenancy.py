from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# True: for this transaction only. A setting of the session would leak to the next client of a pooler's connection.
_ENTER = text("SELECT set_config('app.organisation', :organisation, true)")


async def enter(session: AsyncSession, organisation: UUID) -> None:
    """Let this transaction see the rows of one organisation (`security.md`, Isolation 3).

    PostgreSQL's row-level security reads it; SQLite holds one organisation per file and needs nothing.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_ENTER, {"organisation": str(organisation)})
