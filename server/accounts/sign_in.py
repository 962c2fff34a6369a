"""Signing in, staying signed in, and being recognised (`security.md`, Signing in)."""

import hashlib
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository
from server.accounts.models import GuessRow, SignInRow
from server.accounts.passwords import check_password
from server.accounts.schemas import Access, Refresh, Role, SignIn, Tokens
from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret, successor
from server.accounts.work import Work
from server.kit.errors import Invalid, TooManyRequests, Unauthorised
from server.kit.ids import new_id

ACCESS_LIFE = timedelta(minutes=15)
RETRY_LIFE = timedelta(minutes=10)
# (idle, absolute): a phone slides for 90 days within a year; staff for 30 minutes within 12 hours.
LIVES = {
    "client": (timedelta(days=90), timedelta(days=365)),
    "therapist": (timedelta(minutes=30), timedelta(hours=12)),
    "admin": (timedelta(minutes=30), timedelta(hours=12)),
}
SIGN_IN_FIRST = "Sign in, or refresh your access token."
FREE_GUESSES = 10
LONGEST_DELAY = timedelta(hours=1)


class Refused(Unauthorised):
    """A refusal that leaves a trace: a counted guess, an ended family."""

    keeps_writes = True


async def find_organisation(session: AsyncSession, handle: str | None) -> UUID:
    """Return the organisation meant: the only one there is, or the one with this handle.

    Raises:
        Invalid: there are several and no handle says which; an unknown handle answers the same.
    """
    rows = await repository.find_organisations(session, handle)
    if len(rows) != 1:
        raise Invalid("Say which organisation you belong to, by its handle.", code="which_organisation")
    return rows[0].id


async def sign_in(session: AsyncSession, data: SignIn, now: datetime) -> Tokens:
    """Sign a member in by password.

    Raises:
        Refused: e-mail and password do not belong together; the same answer and duration for unknown accounts.
        TooManyRequests: more than ten wrong guesses; the wait doubles with each and is never a lock.
    """
    handle = data.organisation if isinstance(data.organisation, str) else None
    organisation = await find_organisation(session, handle)
    email = data.email.casefold()
    guesses = await _count_guess(session, organisation, email, now)
    member = await repository.find_member(session, organisation, email)
    if not await check_password(data.password, member.password_hash if member else None) or member is None:
        raise Refused("E-mail and password do not belong together.", code="wrong_credentials")
    await session.delete(guesses)
    return start_sign_in(session, organisation, member.id, member.role, None, now)


async def _count_guess(session: AsyncSession, organisation: UUID, email: str, now: datetime) -> GuessRow:
    account = hashlib.sha256(email.encode()).digest()
    row = await repository.lock_guess(session, organisation, account, now)
    if row.free_at > now:
        raise TooManyRequests(
            "Wait a little before trying again.", retry_after=ceil((row.free_at - now).total_seconds())
        )
    row.count += 1
    if row.count >= FREE_GUESSES:
        row.free_at = now + min(timedelta(seconds=2 ** min(row.count - FREE_GUESSES, 12)), LONGEST_DELAY)
    await session.flush()
    return row


def start_sign_in(
    session: AsyncSession, organisation: UUID, subject: UUID, role: Role, device: UUID | None, now: datetime
) -> Tokens:
    """Begin a family of tokens for a member or a client's phone."""
    access, refresh = new_secret(), new_secret()
    row = SignInRow(
        organisation_id=organisation,
        id=new_id(),
        subject_id=subject,
        role=role,
        device_id=device,
        successor_key=new_secret(),
        access_hash=hash_secret(access),
        access_expires_at=now + ACCESS_LIFE,
        refresh_hash=hash_secret(refresh),
        refresh_expires_at=now + LIVES[role][0],
        rotated_at=now,
        started_at=now,
    )
    session.add(row)
    return _tokens(row, access, refresh)


async def refresh(session: AsyncSession, data: Refresh, now: datetime) -> Tokens:
    """Answer the one successor of a refresh token, again within ten minutes if the answer was lost.

    Raises:
        Unauthorised: not a token of ours, expired, or its family has ended.
        Refused: a token that was already followed: the family ends, since two hold it.
    """
    token = read_token(data.refresh_token, "gwr")
    row = token and await repository.lock_sign_in(session, token.organisation, token.sign_in)
    if not token or not row or row.ended_at or row.refresh_expires_at <= now:
        raise Unauthorised("This sign-in is over. Practice that is still on the phone is kept.", code="signed_out")
    if same_secret(token.secret, row.refresh_hash):
        return _rotate(row, token, now)
    if same_secret(token.secret, row.previous_hash) and now < row.rotated_at + RETRY_LIFE:
        return _tokens(row, *_successors(row, token))
    row.ended_at = now
    raise Refused("This sign-in was used twice and has been ended. Pair or sign in again.", code="token_reused")


def _rotate(row: SignInRow, token: Token, now: datetime) -> Tokens:
    access, refresh = _successors(row, token)
    idle, absolute = LIVES[row.role]
    row.previous_hash = row.refresh_hash
    row.access_hash, row.refresh_hash = hash_secret(access), hash_secret(refresh)
    row.refresh_expires_at = min(now + idle, row.started_at + absolute)
    row.access_expires_at = min(now + ACCESS_LIFE, row.refresh_expires_at)
    row.rotated_at = now
    return _tokens(row, access, refresh)


def _successors(row: SignInRow, token: Token) -> tuple[bytes, bytes]:
    return successor(row.successor_key, token.secret, "gwa"), successor(row.successor_key, token.secret, "gwr")


def _tokens(row: SignInRow, access: bytes, refresh: bytes) -> Tokens:
    def text(secret: bytes) -> Token:
        return Token(organisation=row.organisation_id, sign_in=row.id, secret=secret)

    return Tokens(
        access_token=text(access).text("gwa"),
        refresh_token=text(refresh).text("gwr"),
        expires_in=int((row.access_expires_at - row.rotated_at).total_seconds()),
        token_type="Bearer",  # noqa: S106 - RFC 6750's word, no secret
        role=row.role,
        subject_id=row.subject_id,
        device_id=row.device_id or UNSET,
    )


def read_bearer(header: str | None) -> Token:
    """Return the access token of an Authorization field.

    Raises:
        Unauthorised: there is none, or it is none of ours.
    """
    scheme, _, text = (header or "").partition(" ")
    token = read_token(text, "gwa") if scheme.lower() == "bearer" else None
    if token is None:
        raise Unauthorised(SIGN_IN_FIRST)
    return token


async def authenticate(session: AsyncSession, header: str | None, now: datetime) -> Access:
    """Recognise the bearer of an access token by one read by primary key.

    Raises:
        Unauthorised: no token, not one of ours, expired or ended; one answer for all.
    """
    token = read_bearer(header)
    row = await repository.find_sign_in(session, token.organisation, token.sign_in)
    if not row or row.ended_at or row.access_expires_at <= now or not same_secret(token.secret, row.access_hash):
        raise Unauthorised(SIGN_IN_FIRST)
    return Access(
        organisation=row.organisation_id, subject=row.subject_id, role=row.role, sign_in=row.id, device=row.device_id
    )


async def sign_out(work: Work) -> None:
    """End the caller's own sign-in; practice still on the phone is kept there."""
    await repository.end_sign_in(work.session, work.access, work.now)
