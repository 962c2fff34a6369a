from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession

from server.db.engine import Sessions
from server.kit.errors import Problem, Unavailable


@asynccontextmanager
async def unit_of_work(sessions: Sessions, *, writes: bool) -> AsyncIterator[AsyncSession]:
    """Hold one transaction: commit when the block ends, roll back when it raises.

    A problem that `keeps_writes` (a counted wrong guess, a token family ended for theft) commits and is raised on.

    Raises:
        Unavailable: the transaction could not begin: too many at once, or the database does not answer.
    """
    try:
        async with sessions(writes=writes) as session, session.begin() as transaction:
            await _begin(session)
            try:
                yield session
            except Problem as problem:
                if problem.keeps_writes:
                    await transaction.commit()
                raise
    finally:
        # After the commit: a state that is begun later holds it.
        sessions.units += writes


async def _begin(session: AsyncSession) -> None:
    """Begin now, not at the first statement: whoever waits for a connection or the write lock is told it is busy."""
    try:
        await session.connection()
    except (PoolTimeoutError, OperationalError, OSError) as error:
        raise Unavailable("The database is busy. Try again in a moment.", retry_after=1) from error
