"""What goes straight to a driver, in one transaction on a connection of its own; see `server.db.statement`."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from server.db.statement import Statement, Values

Rows = Sequence[tuple[Any, ...]]


class Link(Protocol):
    """One transaction: statements go straight to the driver, in turn."""

    async def all(self, statement: Statement, values: Values) -> Rows:
        """Return all rows of a statement; none for one that returns nothing."""

    async def each(self, statement: Statement, rows: Iterable[Values]) -> None:
        """Run a statement once for each of these values."""


class PostgresLink:
    """By asyncpg."""

    def __init__(self, connection: Any, engine: AsyncEngine) -> None:  # noqa: ANN401 - the driver's own class
        self._connection = connection
        self._dialect = engine.dialect

    async def all(self, statement: Statement, values: Values) -> Rows:
        """As `Link`."""
        compiled = statement.compiled(self._dialect)
        found = await self._connection.fetch(compiled.text, *compiled.values(values))
        return [compiled.row(row) for row in found]

    async def each(self, statement: Statement, rows: Iterable[Values]) -> None:
        """As `Link`."""
        compiled = statement.compiled(self._dialect)
        values = [compiled.values(row) for row in rows]
        if len(values) == 1:
            await self._connection.fetch(compiled.text, *values[0])
        else:
            await self._connection.executemany(compiled.text, values)


class SqliteLink:
    """By aiosqlite."""

    def __init__(self, connection: aiosqlite.Connection, engine: AsyncEngine) -> None:
        self._connection = connection
        self._dialect = engine.dialect

    async def all(self, statement: Statement, values: Values) -> Rows:
        """As `Link`."""
        compiled = statement.compiled(self._dialect)
        found = await self._connection.execute_fetchall(compiled.text, compiled.values(values))
        return [compiled.row(row) for row in found]

    async def each(self, statement: Statement, rows: Iterable[Values]) -> None:
        """As `Link`."""
        compiled = statement.compiled(self._dialect)
        cursor = await self._connection.executemany(compiled.text, [compiled.values(row) for row in rows])
        await cursor.close()
