"""Copies of a database, as a backup makes them, and commands that are run on them."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import uuid4

import asyncpg
from click.testing import CliRunner, Result
from support.postgres import SUPERUSER, as_role

from server.cli import main
from server.db.engine import Sessions, create_engine
from server.settings import database_url


def invoke(*arguments: str, given: str = "", **environ: str) -> Result:
    """Run a command in this process, with no settings but those given; `given` is its standard input."""
    clean = {name: None for name in os.environ if name.startswith(("GROUNDWORK_", "DATABASE_")) or name == "PORT"}
    return CliRunner().invoke(main, arguments, input=given, env={**clean, **environ})


async def groundwork(*arguments: str, **environ: str) -> Result:
    """Run a command in this process, in a thread of its own: it runs a loop itself."""
    return await asyncio.to_thread(invoke, *arguments, **environ)


@asynccontextmanager
async def copied(database: str, folder: Path) -> AsyncIterator[str]:
    """Copy a database that is in use; yield where the copy is."""
    if not database.startswith("postgresql"):
        copy = folder / f"copy-{uuid4().hex}.db"
        with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
        yield str(copy)
        return
    server, _, name = as_role(database, SUPERUSER).rpartition("/")
    copy_name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await connection.execute(f"CREATE DATABASE {copy_name} TEMPLATE {name}")
    try:
        yield re.sub(r"/[^/]+$", f"/{copy_name}", database)
    finally:
        await connection.execute(f"DROP DATABASE {copy_name} WITH (FORCE)")
        await connection.close()


@asynccontextmanager
async def reading(database: str) -> AsyncIterator[Sessions]:
    """Open a database as somebody whom no policy binds."""
    sessions = Sessions(create_engine(database_url(as_role(database, SUPERUSER))))
    try:
        yield sessions
    finally:
        await sessions.engine.dispose()
