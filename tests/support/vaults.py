"""Keys and a database with organisations, without the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from support.clinic import NOON

from server.accounts.models import OrganisationRow
from server.db.engine import Sessions
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.vault.keyfile import KeyList, new_key_list
from server.vault.keys import LocalKeys


def local(listed: KeyList | None = None) -> LocalKeys:
    """Return keys made for one test."""
    listed = listed or new_key_list()
    return LocalKeys(listed.versions, index=listed.index)


@asynccontextmanager
async def within(sessions: Sessions, organisation: UUID, *, writes: bool = True) -> AsyncIterator[AsyncSession]:
    """Hold a transaction that has entered an organisation."""
    async with unit_of_work(sessions, writes=writes) as session:
        await enter(session, organisation)
        yield session


async def found(sessions: Sessions, *organisations: UUID) -> None:
    """Add organisations that have no keys yet."""
    for each in organisations:
        async with within(sessions, each) as session:
            row = OrganisationRow(id=each, handle=str(each), name="Clinic", created_at=NOON)
            row.demo = row.needs_second_factor = False
            session.add(row)
