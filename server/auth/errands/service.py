"""Letting a client's phone in, fast: what is unusual is left to `recognise`, which also knows how to refuse it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.errand import Errand, Head, Phone
from server.accounts.modes import shown_display
from server.accounts.schemas import Access
from server.accounts.tokens import Token, same_secret
from server.accounts.work import Work, at_work
from server.auth.errands.repository import Found, find_phone
from server.auth.recognise import SIGN_IN_FIRST
from server.db.engine import Sessions
from server.db.unit import unit_of_work
from server.kit.errors import Unauthorised
from server.vault.keys import Keys

LetThrough = Callable[[AsyncSession], Awaitable[Access]]


class UnrecognisedError(Exception):
    """This is no phone that is signed in: `recognise.authenticate` says what it is told."""


@asynccontextmanager
async def open_errand(
    sessions: Sessions, keys: Keys, token: Token, now: datetime, *, writes: bool
) -> AsyncIterator[Errand]:
    """Recognise a phone by its access token and hold one transaction in its organisation.

    Raises:
        UnrecognisedError: the token is not a phone's that may be let in now; nothing was done.
        Unavailable: the transaction could not begin.
    """
    async with sessions.links.open(token.organisation, writes=writes) as link:
        found = await find_phone(link, token.organisation, token.sign_in, writes=writes)
        if found is None or found.access_expires_at <= now or not same_secret(token.secret, found.access_hash):
            raise UnrecognisedError
        yield Errand(
            link=link,
            access=_access(token, found),
            now=now,
            keys=keys,
            head=_head(found, writes=writes),
            day_start=found.day_start,
            display=shown_display(found),
            marked_at=found.marked_at,
        )


def phone_of(
    sessions: Sessions, keys: Keys, token: Token, *, now: datetime, action: str, let_through: LetThrough
) -> Phone:
    """Return a phone's request; `let_through` recognises in an ordinary transaction, and says why it does not."""

    @asynccontextmanager
    async def work(*, writes: bool) -> AsyncIterator[Work]:
        async with unit_of_work(sessions, writes=writes) as session:
            access = await let_through(session)
            async with at_work(session, access, now, keys, action) as opened:
                yield opened

    @asynccontextmanager
    async def errand(*, writes: bool) -> AsyncIterator[Errand]:
        turn = sessions.links.turn(token.sign_in) if writes else nullcontext()
        try:
            async with turn, open_errand(sessions, keys, token, now, writes=writes) as opened:
                yield opened
        except UnrecognisedError:
            async with work(writes=False):
                raise Unauthorised(SIGN_IN_FIRST) from None

    return Phone(now=now, errand=errand, work=work)


def _access(token: Token, found: Found) -> Access:
    return Access(
        organisation=token.organisation,
        subject=found.subject,
        role="client",
        sign_in=token.sign_in,
        device=found.device,
        stepped_up_at=found.stepped_up_at,
    )


def _head(found: Found, *, writes: bool) -> Head:
    head = Head(epoch=found.epoch, version=found.version, digest=found.digest, delivered_at=found.delivered_at)
    if writes:
        head.standing = found.kept
    else:
        head.answer = found.kept
    return head
