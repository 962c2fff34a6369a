"""Letting a client's phone in, fast: what is unusual is left to `recognise`, which also knows how to refuse it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.errand import Errand, Glance, Head, Phone
from server.accounts.modes import shown_display
from server.accounts.schemas import Access
from server.accounts.tokens import Token, same_secret
from server.accounts.work import Work, at_work
from server.auth.errands.repository import Found, hold_phone, see_phone
from server.auth.recognise import SIGN_IN_FIRST
from server.db.engine import Sessions
from server.db.unit import unit_of_work
from server.kit.errors import Unauthorised
from server.kit.line import Line
from server.vault.keys import Keys

LetThrough = Callable[[AsyncSession], Awaitable[Access]]


class UnrecognisedError(Exception):
    """This is no phone that is signed in: `recognise.authenticate` says what it is told."""


class TokenPhone(Phone):
    """A phone by the access token it shows; `let_through` recognises in an ordinary transaction, or says why not."""

    def __init__(
        self, sessions: Sessions, keys: Keys, token: Token, *, now: datetime, action: str, let_through: LetThrough
    ) -> None:
        self.now = now
        self._sessions = sessions
        self._keys = keys
        self._token = token
        self._action = action
        self._let_through = let_through

    async def glance(self) -> Glance:
        """Recognise the phone in one round trip.

        Raises:
            Unauthorised, Gone: as `recognise.authenticate`.
            Unavailable: the database does not answer.
        """
        token = self._token
        found = _recognised(await see_phone(self._sessions.links, token.organisation, token.sign_in), token, self.now)
        if found is None:
            raise await self._refused()
        head, display = _head(found, answer=found.kept), shown_display(found)
        return Glance(access=_access(token, found), now=self.now, head=head, display=display)

    @asynccontextmanager
    async def errand(self) -> AsyncIterator[Errand]:
        """Recognise the phone and hold one transaction that may write; raises as `glance`."""
        token = self._token
        async with self._sessions.links.open(token.organisation, writes=True) as link:
            found = _recognised(await hold_phone(link, token.organisation, token.sign_in), token, self.now)
            if found is not None:
                yield Errand(
                    access=_access(token, found),
                    now=self.now,
                    head=_head(found, standing=found.kept),
                    display=shown_display(found),
                    link=link,
                    keys=self._keys,
                    day_start=found.day_start,
                    marked_at=found.marked_at,
                )
                return
        raise await self._refused()

    @asynccontextmanager
    async def work(self, *, writes: bool) -> AsyncIterator[Work]:
        """Recognise the phone and hold an ordinary transaction; raises as `glance`."""
        async with unit_of_work(self._sessions, writes=writes) as session:
            access = await self._let_through(session)
            async with at_work(session, access, self.now, self._keys, self._action) as opened:
                yield opened

    def line(self) -> Line[Any, Any]:
        """Return the line of all requests that show the same token."""
        return self._sessions.links.line((self._token.sign_in, self._token.secret))

    async def _refused(self) -> Unauthorised:
        async with self.work(writes=False):
            return Unauthorised(SIGN_IN_FIRST)


def _recognised(found: Found | None, token: Token, now: datetime) -> Found | None:
    """Return a phone whose token may be let in now; `recognise.authenticate` says what any other is told."""
    good = found is not None and found.access_expires_at > now and same_secret(token.secret, found.access_hash)
    return found if good else None


def _access(token: Token, found: Found) -> Access:
    return Access(
        organisation=token.organisation,
        subject=found.subject,
        role="client",
        sign_in=token.sign_in,
        device=found.device,
        stepped_up_at=found.stepped_up_at,
    )


def _head(found: Found, *, standing: bytes | None = None, answer: bytes | None = None) -> Head:
    return Head(
        epoch=found.epoch,
        version=found.version,
        digest=found.digest,
        delivered_at=found.delivered_at,
        standing=standing,
        answer=answer,
    )
