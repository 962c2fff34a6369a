"""What the operations are given that a phone calls all day: one transaction on the driver itself, and its scope's head.

They need who asks, where the scope stands and little else, and all of it comes with one statement (decision 0018).
"""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import datetime, time
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.accounts.digest import added, term
from server.accounts.schemas import Access, Display
from server.accounts.work import Work
from server.db.link import Link
from server.kit.line import Line
from server.vault.keys import Keys


class Head(Struct, kw_only=True):
    """The head of a scope. `standing` is read only where it is written anew, and `answer` only where it is told."""

    epoch: UUID
    version: int
    digest: int
    delivered_at: datetime | None
    standing: bytes | None = None
    answer: bytes | None = None

    def add(self, item: UUID, *, replaces: int | None = None, deleted: bool = False) -> int:
        """Return the version of a row that is written now; `replaces` is the version it had before."""
        self.version += 1
        gone = 0 if replaces is None else -term(item, replaces, deleted=False)
        self.digest = added(self.digest, gone, term(item, self.version, deleted=deleted))
        return self.version


class Glance(Struct, frozen=True, kw_only=True):
    """A client's phone at the door, recognised, and where its scope stands; `now` is one instant for all of it."""

    access: Access
    now: datetime
    head: Head
    display: Display


class Errand(Glance, frozen=True, kw_only=True):
    """The same in one transaction; whoever else writes its scope waits for it.

    `marked_at` is when the phone last delivered, as its own row tells.
    """

    link: Link
    keys: Keys
    day_start: time
    marked_at: datetime | None


class Phone(ABC):
    """A phone's request, before anything was asked of the database: what it may do begins with recognising it."""

    now: datetime

    @abstractmethod
    async def glance(self) -> Glance:
        """Recognise the phone for what most reads need."""

    @abstractmethod
    def errand(self) -> AbstractAsyncContextManager[Errand]:
        """Recognise the phone for what every push needs."""

    @abstractmethod
    def work(self, *, writes: bool) -> AbstractAsyncContextManager[Work]:
        """Recognise the phone for all that few requests need."""

    @abstractmethod
    def line(self) -> Line[Any, Any]:
        """Return the line of all requests that show the same token."""
