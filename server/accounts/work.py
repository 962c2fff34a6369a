"""What a handler is given: one transaction, who asks, and the time. There is no other way to people's data."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access


class Visit(Struct, frozen=True, kw_only=True):
    """A request of somebody who has not signed in."""

    session: AsyncSession
    now: datetime


class Work(Struct, frozen=True, kw_only=True):
    """A request of somebody who has: `now` is the same instant for all of it."""

    session: AsyncSession
    access: Access
    now: datetime
