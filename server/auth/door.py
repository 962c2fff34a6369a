"""What a handler is given that must not hold a transaction while it computes a password's hash."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.accounts.work import Work, at_work
from server.db.engine import Sessions
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.vault.keys import Keys


class Door(Struct, frozen=True, kw_only=True):
    """A request that opens short transactions of its own; `now` is the same instant for all of it.

    `address` is where it comes from (`server/web/proxies.py`): only to be counted by a keyed hash.
    """

    sessions: Sessions
    keys: Keys
    now: datetime
    address: str

    def unit(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction that may write."""
        return unit_of_work(self.sessions, writes=True)


class Caller(Struct, frozen=True, kw_only=True):
    """A `Door` at which somebody has shown who they are."""

    door: Door
    access: Access
    action: str

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Work]:
        """Open a transaction in the caller's organisation."""
        async with self.door.unit() as session:
            await enter(session, self.access.organisation)
            async with at_work(session, self.access, self.door.now, self.door.keys, self.action) as work:
                yield work
