"""What a handler is given: one transaction, who asks, and the time. There is no other way to people's data."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.vault.keys import Keys
from server.vault.service import Vault


class Visit(Struct, frozen=True, kw_only=True):
    """A request of somebody who has not signed in."""

    session: AsyncSession
    now: datetime
    keys: Keys


class Work(Struct, frozen=True, kw_only=True):
    """A request of somebody who has: `now` is the same instant for all of it.

    `action` is the operation they called, as the audit names it; `read` are the clients whose record it has read.
    """

    session: AsyncSession
    access: Access
    now: datetime
    keys: Keys
    vault: Vault
    action: str
    read: set[UUID] = field(default_factory=set)
