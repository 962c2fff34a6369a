"""Letting a client's phone in, fast: what is unusual is left to `recognise`, which also knows how to refuse it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

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
from server.vault.keys import Keys

LetThrough = Callable[[AsyncSession], Awaitable[Access]]


class UnrecognisedError(Exception):
    """This is no phone that is signed in: `recognise.authenticate` says what it is told."""


def phone_of(
    sessions: Sessions, keys: Keys, token: Token, *, now: datetime, action: str, let_through: LetThrough
) -> Phone:
    """Return a phone's request; `let_through` recognises in an ordinary transaction, and says why it does not."""

    async def glance() -> Glance:
        found = _recognised(await see_phone(sessions.links, token.organisation, token.sign_in), token, now)
        if found is None:
            raise await refused()
        return Glance(
            access=_access(token, found),
            now=now,
            head=_head(found, answer=found.kept),
            display=shown_display(found),
        )

    @asynccontextmanager
    async def errand() -> AsyncIterator[Errand]:
        async with sessions.links.open(token.organisation, writes=True) as link:
            found = _recognised(await hold_phone(link, token.organisation, token.sign_in), token, now)
            if found is not None:
                yield Errand(
                    access=_access(token, found),
                    now=now,
                    head=_head(found, standing=found.kept),
                    display=shown_display(found),
                    link=link,
                    keys=keys,
                    day_start=found.day_start,
                    marked_at=found.marked_at,
                )
                return
        raise await refused()

    @asynccontextmanager
    async def work(*, writes: bool) -> AsyncIterator[Work]:
        async with unit_of_work(sessions, writes=writes) as session:
            access = await let_through(session)
            async with at_work(session, access, now, keys, action) as opened:
                yield opened

    async def refused() -> Unauthorised:
        async with work(writes=False):
            return Unauthorised(SIGN_IN_FIRST)

    line = sessions.links.line((token.sign_in, token.secret))
    return Phone(now=now, line=line, glance=glance, errand=errand, work=work)


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
