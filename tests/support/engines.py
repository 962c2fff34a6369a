"""Engines of the tests' own databases: what was compiled for one is there for the next, and nothing waits for a disk.

Every test has a database, and so an engine; to write the same SQL for each anew took longer than to run it.
"""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from server.db.engine import create_engine

_first: dict[str, Engine] = {}


def open_engine(url: str) -> AsyncEngine:
    """Open the database of an async SQLAlchemy URL, which may be lost with the machine (`FAST` in `postgres.py`)."""
    opened = create_engine(url)
    engine = opened.sync_engine
    if opened.dialect.name == "sqlite":
        event.listen(engine, "connect", _do_not_wait)
    first = _first.get(opened.dialect.name)
    # A dialect knows its server only once it has met it.
    if first is None or first.dialect.server_version_info is None:
        _first[opened.dialect.name] = engine
    else:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache  # noqa: SLF001 - no setting shares it
    return opened


def _do_not_wait(connection: Any, _entry: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
