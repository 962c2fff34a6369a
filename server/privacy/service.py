"""Everything a client has, to take along (`security.md`, Data)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Table
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.policy import note
from server.audit.service import list_reads
from server.auth.door import Caller
from server.care.sets import title_place
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.errors import NotFound
from server.kit.sealed import Sealed
from server.privacy import repository
from server.privacy.archive import READS, pack
from server.privacy.tables import LEFT_OUT, SETS, archived_columns, archived_tables, is_sealed
from server.vault.keys import Keys
from server.vault.sealing import Place
from server.vault.service import Vault

READS_A_PAGE = 1000


async def export_own(caller: Caller) -> bytes:
    """Return the archive of the caller, and write into the audit that it was taken."""
    door, access = caller.door, caller.access
    async with caller.unit() as work:
        note(work, access.subject)
    # Apart from the note: it takes a while, and nobody else could write to SQLite meanwhile.
    async with unit_of_work(door.sessions, writes=False) as session:
        await enter(session, access.organisation)
        return await export_client(session, door.keys, access.organisation, access.subject, door.now)


async def export_client(session: AsyncSession, keys: Keys, organisation: UUID, client: UUID, now: datetime) -> bytes:
    """Return the archive of a client, all sealed texts opened.

    Raises:
        NotFound: there is no such client.
    """
    if await repository.find_client(session, organisation, client) is None:
        raise NotFound("There is no such client.")
    vault = Vault(session, keys)
    files: dict[str, list[dict[str, Any]]] = {}
    for table in archived_tables():
        rows = await repository.read_rows(session, organisation, client, table)
        files[table.name] = [await _line(vault, organisation, client, table, row) for row in rows]
    files[READS] = await _reads(session, organisation, client)
    return await asyncio.to_thread(pack, client, now, files, LEFT_OUT)


async def _line(vault: Vault, organisation: UUID, client: UUID, table: Table, row: RowMapping) -> dict[str, Any]:
    line = {column.name: row[column.name] for column in archived_columns(table) if row[column.name] is not None}
    for column in archived_columns(table):
        if is_sealed(column) and column.name in line:
            place = place_of(table, column.name, organisation, client, line)
            line[column.name] = (await vault.key(organisation, place.owner)).open(place, Sealed(line[column.name]))
    return line


def place_of(table: Table, column: str, organisation: UUID, client: UUID, row: Mapping[str, Any]) -> Place:
    """Return where a sealed text of a row stands: a client's under the client's key, a set's under the clinic's."""
    if table.name == SETS:
        return title_place(organisation, row["id"], row["version"])
    return Place(table=table.name, column=column, organisation=organisation, owner=client, row=row["id"])


async def _reads(session: AsyncSession, organisation: UUID, client: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: int | None = None
    while page := await list_reads(session, organisation, client, before, READS_A_PAGE):
        found += [{"at": each.at, "actor_role": each.actor_role, "action": each.action} for each in page]
        before = page[-1].number
    return found
