from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from server.db.engine import Sessions
from server.kit.errors import Problem


@asynccontextmanager
async def unit_of_work(sessions: Sessions, *, writes: bool) -> AsyncIterator[AsyncSession]:
    """Hold one transaction: commit when the block ends, roll back when it raises.

    A problem that `keeps_writes` (a counted wrong guess, a token family ended for theft) commits and is raised on.
    """
    async with sessions(writes=writes) as session, session.begin() as transaction:
        try:
            yield session
        except Problem as problem:
            if problem.keeps_writes:
                await transaction.commit()
            raise
