"""Opens links to a database: on PostgreSQL from a pool of its own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from server.db.entering import EnteringStatement
from server.db.link import Link, PostgresLink, Rows, SqliteLink
from server.db.statement import Values
from server.kit.errors import Unavailable
from server.kit.line import Line

MOST_LINKS = 10
# As many items as one push may have: what is taken in together takes no longer than what one may bring.
MOST_TOGETHER = 500
WAIT_SECONDS = 2.0
# What ends a connection, or keeps one from being made.
LOST = (TimeoutError, OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.TooManyConnectionsError)
BUSY = "The database is busy. Try again in a moment."


class Links:
    """Opens links to a database; on PostgreSQL from a pool of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.ending = "COMMIT"
        # How many transactions that may write have ended here; counted after the commit, as in `unit_of_work`.
        self.ended = 0
        self._engine = engine
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._lines: WeakValueDictionary[Hashable, Line[Any, Any]] = WeakValueDictionary()

    def open(self, organisation: UUID, *, writes: bool) -> AbstractAsyncContextManager[Link]:
        """Hold one transaction in an organisation: commit when the block ends, roll back when it raises.

        Raises:
            Unavailable: it could not begin: too many at once, or the database does not answer.
        """
        postgres = self._engine.dialect.name == "postgresql"
        return self._postgres(organisation, writes=writes) if postgres else self._sqlite(writes=writes)

    async def once(self, statement: EnteringStatement, values: Values) -> Rows:
        """Return the rows of one statement that only reads: the same as a transaction of it alone, in one round trip.

        Raises:
            Unavailable: as `open`.
        """
        if self._engine.dialect.name != "postgresql":
            async with self._engine.connect() as pooled:
                connection: Any = (await pooled.get_raw_connection()).driver_connection
                return await SqliteLink(connection, self._engine).all(statement, values)
        connection = await self._acquired()
        try:
            return await PostgresLink(connection, self._engine).all(statement, values)
        except LOST as error:
            connection.terminate()
            raise Unavailable(BUSY, retry_after=1) from error
        finally:
            await self._release(connection)

    def line(self, who: Hashable) -> Line[Any, Any]:
        """Return the line of those who would wait for each other in the database anyhow.

        Waiting here costs nothing; waiting there, each with a connection, would keep everybody else out.
        """
        found = self._lines.get(who)
        if found is None:
            found = self._lines[who] = Line(MOST_TOGETHER)
        return found

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()

    @asynccontextmanager
    async def _postgres(self, organisation: UUID, *, writes: bool) -> AsyncIterator[Link]:
        connection = await self._acquired()
        try:
            await _begin(connection, organisation)
            try:
                yield PostgresLink(connection, self._engine)
            except BaseException:
                await _undo(connection)
                raise
            await connection.execute(self.ending)
        finally:
            self.ended += writes
            await self._release(connection)

    async def _acquired(self) -> Any:  # noqa: ANN401 - the driver's own class
        pool = self._pool or await self._opened()
        try:
            return await pool.acquire(timeout=WAIT_SECONDS)
        except LOST as error:
            raise Unavailable(BUSY, retry_after=1) from error

    async def _release(self, connection: Any) -> None:  # noqa: ANN401 - the driver's own class
        assert self._pool is not None  # noqa: S101 - it was acquired from it
        await self._pool.release(connection)

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                _, options = self._engine.dialect.create_connect_args(self._engine.url)
                options.pop("prepared_statement_name_func", None)
                if (cache := options.pop("prepared_statement_cache_size", None)) is not None:
                    options["statement_cache_size"] = int(cache)
                # Nothing of ours outlives a transaction, so there is nothing to reset between two.
                self._pool = await asyncpg.create_pool(min_size=0, max_size=MOST_LINKS, reset=_leave, **options)
            return self._pool

    @asynccontextmanager
    async def _sqlite(self, *, writes: bool) -> AsyncIterator[Link]:
        async with self._engine.connect() as pooled:
            connection: Any = (await pooled.get_raw_connection()).driver_connection
            try:
                await connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            except sqlite3.OperationalError as error:
                raise Unavailable(BUSY, retry_after=1) from error
            try:
                yield SqliteLink(connection, self._engine)
                await connection.execute(self.ending)
            except BaseException:
                await connection.rollback()
                raise
            finally:
                self.ended += writes


async def _begin(connection: Any, organisation: UUID) -> None:  # noqa: ANN401 - the driver's own class
    try:
        # One round trip for what is two statements everywhere else (`server/db/tenancy.py`); an id is no text.
        await connection.execute(f"BEGIN; SELECT set_config('app.organisation', '{organisation}', true)")
    except LOST as error:
        connection.terminate()
        raise Unavailable(BUSY, retry_after=1) from error


async def _leave(_connection: Any) -> None:  # noqa: ANN401 - the driver's own class
    """Reset nothing."""


async def _undo(connection: Any) -> None:  # noqa: ANN401 - the driver's own class
    """Roll back; a connection that cannot is closed, which does the same."""
    try:
        await asyncio.shield(connection.execute("ROLLBACK"))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection.terminate()
