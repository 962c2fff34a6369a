"""Being recognised at every request: by an access token, or by the console's cookie."""

import hmac
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.accounts.tokens import Token, read_token, same_secret
from server.auth import repository
from server.auth.erased import refuse_erased
from server.auth.families import STAFF_LIFE
from server.auth.models import SignInRow
from server.auth.tokens import csrf_token
from server.db.tenancy import enter
from server.kit.errors import Forbidden, Unauthorised

SIGN_IN_FIRST: Final = "Sign in, or refresh your access token."
# What a browser says of a request that no page of another site made; None: an old one that says nothing.
OWN_SITE: Final = (None, "same-origin", "none")
# A cookie's idle time is written down once a minute.
SLIDES_AFTER: Final = timedelta(minutes=1)


class Shown(Struct, frozen=True, kw_only=True):
    """What a request shows of who sends it; `changes`: it is none of the methods that only read."""

    authorization: str | None
    cookie: str | None
    csrf: str | None
    site: str | None
    changes: bool


class Recognised(Struct, frozen=True, kw_only=True):
    """Who asks; `owes_factor`: by a password alone, in a clinic to which that is not enough."""

    access: Access
    owes_factor: bool


def read_token_of(shown: Shown) -> Token:
    """Return the access token of an Authorization field or, without one, of the console's cookie.

    Raises:
        Unauthorised: there is none, or it is none of ours.
        Forbidden: a cookie, sent by a page of another site.
    """
    if shown.authorization is None and shown.cookie is not None:
        token = read_token(shown.cookie, "gws")
        if token and shown.site not in OWN_SITE:
            raise Forbidden("A page of another site sent this.", code="cross_site")
    else:
        scheme, _, text = (shown.authorization or "").partition(" ")
        token = read_token(text, "gwa") if scheme.lower() == "bearer" else None
    if token is None:
        raise Unauthorised(SIGN_IN_FIRST)
    return token


async def authenticate(session: AsyncSession, shown: Shown, now: datetime) -> Recognised:
    """Recognise who sends a request, and enter their organisation.

    Raises:
        Unauthorised: no token, not one of ours, expired, or it, its phone or its member was ended; one answer for all.
        Forbidden: a cookie, and the page that sent it did not show that it is ours.
        Gone: the token is genuine, and the client was erased.
    """
    token = read_token_of(shown)
    by_cookie = shown.authorization is None
    await enter(session, token.organisation)
    found = await repository.find_bearer(session, token.organisation, token.sign_in)
    if found is None or found.sign_in.console is not by_cookie or not _holds(found, token, now):
        await refuse_erased(session, found, token.secret)
        raise Unauthorised(SIGN_IN_FIRST)
    row = found.sign_in
    if by_cookie:
        _require_own_page(row, shown)
        _slide(row, now)
    access = Access(
        organisation=row.organisation_id,
        subject=row.subject_id,
        role=found.role,
        sign_in=row.id,
        device=row.device_id,
        stepped_up_at=row.stepped_up_at,
    )
    return Recognised(access=access, owes_factor=found.needs_second_factor and row.made_by == "password")


def _holds(found: repository.Bearer, token: Token, now: datetime) -> bool:
    live = not found.ended and found.sign_in.access_expires_at > now
    return live and same_secret(token.secret, found.sign_in.access_hash)


def _require_own_page(row: SignInRow, shown: Shown) -> None:
    expected = csrf_token(row.successor_key)
    if shown.changes and not hmac.compare_digest(expected.encode(), (shown.csrf or "").encode()):
        raise Forbidden("Send the X-CSRF-Token of this sign-in.", code="csrf")


def _slide(row: SignInRow, now: datetime) -> None:
    if row.rotated_at + SLIDES_AFTER <= now:
        idle, absolute = STAFF_LIFE
        row.rotated_at = now
        row.access_expires_at = row.refresh_expires_at = min(now + idle, row.started_at + absolute)
