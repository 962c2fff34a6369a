"""A sign-in and the family of tokens that descends from it (`security.md`, Signing in)."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Role
from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.accounts.work import Visit, Work
from server.audit.service import Entry, record
from server.auth import repository
from server.auth.erased import refuse_erased
from server.auth.models import SignInRow
from server.auth.schemas import MadeBy, Refresh, Tokens
from server.auth.tokens import first_refresh, is_genuine, next_access, next_refresh
from server.db.tenancy import enter
from server.kit.errors import Unauthorised
from server.kit.ids import new_id

ACCESS_LIFE = timedelta(minutes=15)
RETRY_LIFE = timedelta(minutes=10)
# (idle, absolute): a phone slides for 90 days within a year, staff for 30 minutes within 12 hours.
PHONE_LIFE = (timedelta(days=90), timedelta(days=365))
STAFF_LIFE = (timedelta(minutes=30), timedelta(hours=12))


class Refused(Unauthorised):
    """A refusal that leaves a trace: a counted guess, an ended family."""

    keeps_writes = True


def start_sign_in(
    session: AsyncSession,
    organisation: UUID,
    subject: UUID,
    role: Role,
    device: UUID | None,
    now: datetime,
    *,
    made_by: MadeBy,
) -> Tokens:
    """Begin a family of tokens for a member or a client's phone."""
    key, access = new_secret(), new_secret()
    refresh = first_refresh(key)
    row = SignInRow(
        organisation_id=organisation,
        id=new_id(),
        subject_id=subject,
        role=role,
        device_id=device,
        made_by=made_by,
        console=False,
        successor_key=key,
        access_hash=hash_secret(access),
        access_expires_at=now + ACCESS_LIFE,
        refresh_hash=hash_secret(refresh),
        refresh_expires_at=now + life_of(role)[0],
        rotated_at=now,
        started_at=now,
    )
    session.add(row)
    return _tokens(row, role, access, refresh)


async def refresh(visit: Visit, data: Refresh) -> Tokens:
    """Answer the one successor of a refresh token, again within ten minutes if the answer was lost.

    Raises:
        Unauthorised: not a token of ours, expired, or its family, its phone or its member has ended.
        Refused: a token that was already followed: the family ends, since two hold it.
        Gone: the client was erased.
    """
    token, now = read_token(data.refresh_token, "gwr"), visit.now
    if token:
        await enter(visit.session, token.organisation)
    found = token and await repository.find_bearer(visit.session, token.organisation, token.sign_in, lock=True)
    if not token or not found or found.ended or found.sign_in.console or found.sign_in.refresh_expires_at <= now:
        if token and found:
            await refuse_erased(visit.session, found, token.secret)
        raise _over()
    row = found.sign_in
    if same_secret(token.secret, row.refresh_hash):
        return _rotate(row, found.role, token, now)
    if same_secret(token.secret, row.previous_hash) and now < row.rotated_at + RETRY_LIFE:
        return _tokens(row, found.role, *_successors(row, token))
    if is_genuine(row.successor_key, token.secret):
        await _end_for_theft(visit, row, found.role)
        raise Refused("This sign-in was used twice and has been ended. Pair or sign in again.", code="token_reused")
    raise _over()


def _over() -> Unauthorised:
    return Unauthorised("This sign-in is over. Practice that is still on the phone is kept.", code="signed_out")


async def _end_for_theft(visit: Visit, row: SignInRow, role: Role) -> None:
    row.ended_at = visit.now
    await visit.session.flush()
    client = row.subject_id if role == "client" else None
    theft = Entry(at=visit.now, actor=row.subject_id, role=role, action="tokenReused", client=client, object=row.id)
    await record(visit.session, visit.keys, row.organisation_id, theft)


def _rotate(row: SignInRow, role: Role, token: Token, now: datetime) -> Tokens:
    access, refresh = _successors(row, token)
    idle, absolute = life_of(row.role)
    row.previous_hash = row.refresh_hash
    row.access_hash, row.refresh_hash = hash_secret(access), hash_secret(refresh)
    row.refresh_expires_at = min(now + idle, row.started_at + absolute)
    row.access_expires_at = min(now + ACCESS_LIFE, row.refresh_expires_at)
    row.rotated_at = now
    return _tokens(row, role, access, refresh)


def _successors(row: SignInRow, token: Token) -> tuple[bytes, bytes]:
    return next_access(row.successor_key, token.secret), next_refresh(row.successor_key, token.secret)


def _tokens(row: SignInRow, role: Role, access: bytes, refresh: bytes) -> Tokens:
    def text(secret: bytes) -> Token:
        return Token(organisation=row.organisation_id, sign_in=row.id, secret=secret)

    return Tokens(
        access_token=text(access).text("gwa"),
        refresh_token=text(refresh).text("gwr"),
        expires_in=int((row.access_expires_at - row.rotated_at).total_seconds()),
        token_type="Bearer",  # noqa: S106 - RFC 6750's word, no secret
        role=role,
        subject_id=row.subject_id,
        device_id=row.device_id or UNSET,
    )


def life_of(role: Role) -> tuple[timedelta, timedelta]:
    """Return how long a sign-in lives unused, and at most."""
    return PHONE_LIFE if role in ("client", "support") else STAFF_LIFE


async def sign_out(work: Work) -> None:
    """End the caller's own sign-in; practice still on the phone is kept there."""
    await repository.end_sign_in(work.session, work.access, work.now)
