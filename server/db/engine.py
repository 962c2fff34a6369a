from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from server.db import sqlite
from server.db.links import Links

# WAL lets readers go on while one writes; FULL makes an acknowledged commit survive a power cut (`promises.md` P2).
# What is deleted is overwritten: an erased client is not to be read from the free pages of the file.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
)


def create_engine(url: str) -> AsyncEngine:
    """Open the database of an async SQLAlchemy URL (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`)."""
    # hide_parameters: errors quote the statement's values, and values are people's data.
    if url.startswith("sqlite"):
        engine = create_async_engine(url, hide_parameters=True, connect_args={"async_creator_fn": sqlite.connect})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url, pool_size=10, max_overflow=5, pool_timeout=2, pool_pre_ping=True, hide_parameters=True
    )


class Sessions:
    """Makes sessions for reading and for writing on one pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.links = Links(engine)
        self.units = 0
        self._read = async_sessionmaker(engine, expire_on_commit=False)
        self._write = async_sessionmaker(engine.execution_options(writes=True), expire_on_commit=False)

    def __call__(self, *, writes: bool) -> AsyncSession:
        """Open a session; on SQLite one that `writes` takes the write lock when it begins."""
        return self._write() if writes else self._read()

    @property
    def written(self) -> int:
        """How many transactions that may write have ended here."""
        return self.units + self.links.ended

    async def close(self) -> None:
        """Close every connection."""
        await self.links.close()
        await self.engine.dispose()


async def forget_deleted(engine: AsyncEngine) -> None:
    """Empty SQLite's write-ahead log, which still holds what was deleted; a long read puts it off to the next time.

    PostgreSQL overwrites what was deleted when it cleans up by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        # Straight to the driver, since SQLAlchemy would begin a transaction: in one, there is no checkpoint.
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 (a driver's own class)
    # The driver would begin a transaction only at the first write and so read outside it; we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes fails at once when another wrote in between: writers queue here.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
