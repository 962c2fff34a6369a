"""What a handler is given: one transaction, who asks, and the time. There is no other way to people's data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.audit.service import Entry, record
from server.kit.errors import Problem
from server.vault.keys import Keys
from server.vault.service import Vault


class Visit(Struct, frozen=True, kw_only=True):
    """A request of somebody who has not signed in; `address` is where it comes from, and empty for a command."""

    session: AsyncSession
    now: datetime
    keys: Keys
    address: str = ""


class Work(Struct, frozen=True, kw_only=True):
    """A request of somebody who has: `now` is the same instant for all of it.

    `action` is the operation they called, as the audit names it; `entries` are what the audit will say of it.
    """

    session: AsyncSession
    access: Access
    now: datetime
    keys: Keys
    vault: Vault
    action: str
    entries: list[Entry] = field(default_factory=list)


@asynccontextmanager
async def at_work(session: AsyncSession, access: Access, now: datetime, keys: Keys, action: str) -> AsyncIterator[Work]:
    """Let somebody work in a transaction, and write the audit at its end: until the commit its writers queue."""
    work = Work(session=session, access=access, now=now, keys=keys, vault=Vault(session, keys), action=action)
    try:
        yield work
    except Problem as problem:
        if problem.keeps_writes:
            await record(session, keys, access.organisation, *work.entries)
        raise
    await record(session, keys, access.organisation, *work.entries)
