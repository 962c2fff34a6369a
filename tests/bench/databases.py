"""Databases that keep what was committed through a power cut, as an operator's do."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import asyncpg
from bench.cores import on_core
from bench.ours import Ours, serving_ours
from bench.theirs import Theirs, serving_theirs
from support.clinic import KEYS
from support.postgres import APP, DURABLE, OWNER, as_role, postgres

CLINIC, PEER = "groundwork", "peer"


@contextmanager
def durable_postgres() -> Iterator[str]:
    """Run a server that the load shares its core with; yield its URL without a database name."""
    with ExitStack() as stack:
        with on_core("rest"):
            server = stack.enter_context(postgres(DURABLE))
        _ask(f"{server}/postgres", *(f"CREATE ROLE {role} LOGIN" for role in (OWNER, APP)))
        yield server


@contextmanager
def ours_on_postgres(server: str) -> Iterator[Ours]:
    """Serve a new clinic with two roles: the owner migrates, the application serves."""
    _ask(f"{server}/postgres", f"CREATE DATABASE {CLINIC} OWNER {OWNER}")
    url = f"{server}/{CLINIC}"
    database = {"GROUNDWORK_DATABASE_URL": as_role(url, APP), "GROUNDWORK_KEYS": KEYS}
    with serving_ours(database, {"GROUNDWORK_OWNER_DATABASE_URL": as_role(url, OWNER)}) as ours:
        yield ours


@contextmanager
def ours_on_sqlite() -> Iterator[Ours]:
    """Serve a new clinic as it is without settings."""
    with serving_ours({}, {}) as ours:
        yield ours


@contextmanager
def theirs_on_postgres(server: str) -> Iterator[Theirs]:
    """Serve the peer on a database of its own of the same server."""
    _ask(f"{server}/postgres", f"CREATE DATABASE {PEER}")
    with serving_theirs(f"{server}/{PEER}") as theirs:
        yield theirs


def completions_in(server: str, database: str) -> int:
    """Count what is stored; both sides call the table the same."""
    return int(_ask(f"{server}/{database}", "SELECT count(*) FROM completions"))


def _ask(url: str, *statements: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(ask())
