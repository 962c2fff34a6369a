"""aiosqlite with one journey to its connection's thread for each statement.

As it comes it makes four (a cursor, the statement, its rows, the end), and each costs more than most statements.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any, Self

import aiosqlite

_CHUNK = 64


class _Cursor(aiosqlite.Cursor):
    """Reads all rows when it executes: SQLAlchemy asks for all of them in any case."""

    _rows: list[Any]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        self._rows = await self._execute(self._run, sql, () if parameters is None else parameters)  # type: ignore[no-untyped-call]
        return self

    def _run(self, sql: str, parameters: Any) -> list[Any]:  # noqa: ANN401 - a sequence or a mapping, as sqlite3 takes it
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall() if self._cursor.description else []

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        # Nothing is left to read, so there is nothing that would keep the loop waiting.
        self._cursor.close()


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:  # type: ignore[override] # a cursor is its own context, and awaits nothing
        return _Cursor(self, self._conn.cursor())


def connect(database: str, **given: Any) -> _Connection:  # noqa: ANN401 - sqlite3's own arguments
    """Return a connection to be awaited; the arguments are those of `sqlite3.connect`."""
    connection = _Connection(lambda: sqlite3.connect(database, **given), _CHUNK)
    # A process that ends waits for no statement.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with aiosqlite's own
    return connection
