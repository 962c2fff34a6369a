"""A clinic on one database, served by an event loop of its own, with backups of one client and an observer's eyes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import uvloop
from sqlalchemy import ColumnElement, Delete, Select, Table, bindparam, delete, func, insert, select, update
from support.clinic import Clinic, Person, completion
from support.inline import inline
from support.lasting import opened
from support.plans import practice_set

from server.accounts.models import DeviceRow, SyncHeadRow
from server.auth import families
from server.auth.schemas import Tokens
from server.db.unit import unit_of_work
from server.privacy import erasure
from server.privacy.tables import KEPT, client_tables, owner_column
from server.vault.models import DataKeyRow

Backup = list[tuple[Table, list[dict[str, Any]]]]


class Part(NamedTuple):
    """A table that holds something of a client, and what is done with its rows of one."""

    table: Table
    rows: Select[Any]
    forget: Delete
    count: Select[tuple[int]]


@cache
def parts() -> list[Part]:
    """Return every part of a client's scope, those first that others point at; written once, for all clients."""
    tables = DataKeyRow.metadata.tables
    owners = [tables["data_keys"].c.owner_id, tables["sign_ins"].c.subject_id]
    owners += [owner_column(table) for table in client_tables() if table.name not in KEPT]
    return [_part(owner.table, owner == bindparam("client")) for owner in owners]


def _part(table: Table, mine: ColumnElement[bool]) -> Part:
    counted = select(func.count()).select_from(table).where(mine)
    return Part(table, select(table).where(mine), delete(table).where(mine), counted)


class House:
    """`theo` works here; `daily` is a set of his, to be practised every day. `of_mara` is an id of another client's."""

    def __init__(self, runner: asyncio.Runner, clinic: Clinic) -> None:
        self.run = runner.run
        # What stands between everybody and the application: nothing, or a defect of the server (`support/defects.py`).
        self.server: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda application: application
        self.clinic = clinic
        self._addresses = 0
        self.theo: Person
        self.organisation: UUID
        self.daily: dict[str, Any]
        self.mara: Person
        self.of_mara: str

    async def found(self) -> None:
        self.organisation = await self.clinic.found("clinic")
        self.theo = await self.clinic.member(self.organisation, "theo@clinic.example", "clinic")
        self.daily = await practice_set(self.theo)
        self.mara = await self.clinic.phone(self.theo, "Mara")
        practice = completion(self.clinic.clock.now())
        self.of_mara = practice["id"]
        await self.mara.push(practice)

    async def look_in(self, client: UUID) -> Tokens:
        """Return tokens of the client's that no phone holds."""
        async with unit_of_work(self.clinic.sessions, writes=True) as session:
            now = self.clinic.clock.now()
            device = DeviceRow(organisation_id=self.organisation, client_id=client, id=uuid4(), paired_at=now)
            session.add(device)
            return families.start_sign_in(
                session, self.organisation, client, "client", device.id, now, made_by="pairing"
            )

    async def last_delivery(self, client: UUID) -> datetime | None:
        async with unit_of_work(self.clinic.sessions, writes=False) as session:
            return await session.scalar(select(SyncHeadRow.delivered_at).where(SyncHeadRow.client_id == client))

    async def back_up(self, client: UUID) -> Backup:
        mine = {"client": client}
        async with unit_of_work(self.clinic.sessions, writes=False) as session:
            return [
                (part.table, [dict(row) for row in (await session.execute(part.rows, mine)).mappings()])
                for part in parts()
            ]

    async def restore(self, client: UUID, backup: Backup) -> None:
        """Put everything of a client back to what it was, then do what a start on an older database does."""
        async with unit_of_work(self.clinic.sessions, writes=True) as session:
            for part in reversed(parts()):
                await session.execute(part.forget, {"client": client})
            for table, rows in backup:
                if rows:
                    await session.execute(insert(table), rows)
        await self.new_epoch(client)
        state = self.clinic.app.app.state
        await erasure.replay(state.sessions, state.keyring, state.ledger, self.clinic.clock.now())

    async def new_epoch(self, client: UUID) -> None:
        async with unit_of_work(self.clinic.sessions, writes=True) as session:
            head = update(SyncHeadRow).where(SyncHeadRow.client_id == client)
            await session.execute(head.values(epoch=uuid4()))

    async def left_of(self, client: UUID) -> set[str]:
        """Return the tables that hold anything of a client but ended sign-ins."""
        async with unit_of_work(self.clinic.sessions, writes=False) as session:
            return {
                part.table.name
                for part in parts()
                if part.table.name != "sign_ins" and await session.scalar(part.count, {"client": client})
            }

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return a way to the server from an address of its own, where nobody has guessed yet."""
        self._addresses += 1
        return self.server(httpx.ASGITransport(app=self.clinic.app, client=(str(ip_address(self._addresses)), 1)))


@contextmanager
def house(kind: str, sqlite_template: Path, postgres_template: str, folder: Path) -> Iterator[House]:
    """Open a house on a new database of this kind."""
    with inline(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        clinic = runner.run(stack.enter_async_context(opened(kind, sqlite_template, postgres_template, folder)))
        one = House(runner, clinic)
        runner.run(one.found())
        try:
            yield one
        finally:
            runner.run(stack.aclose())
