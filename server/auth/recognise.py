"""Being recognised by an access token, at every request."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.auth import repository
from server.auth.tokens import Token, read_token, same_secret
from server.db.tenancy import enter
from server.kit.errors import Unauthorised

SIGN_IN_FIRST = "Sign in, or refresh your access token."


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
    """Recognise the bearer of an access token, and enter their organisation.

    Raises:
        Unauthorised: no token, not one of ours, expired, or it, its phone or its member was ended; one answer for all.
    """
    token = read_bearer(header)
    await enter(session, token.organisation)
    found = await repository.find_bearer(session, token.organisation, token.sign_in)
    if found is None or not _holds(found, token, now):
        raise Unauthorised(SIGN_IN_FIRST)
    row = found.sign_in
    return Access(
        organisation=row.organisation_id,
        subject=row.subject_id,
        role=found.member_role or row.role,
        sign_in=row.id,
        device=row.device_id,
        stepped_up_at=row.stepped_up_at,
    )


def _holds(found: repository.Bearer, token: Token, now: datetime) -> bool:
    ended = found.sign_in.ended_at or found.member_ended_at or found.device_ended_at
    return not ended and found.sign_in.access_expires_at > now and same_secret(token.secret, found.sign_in.access_hash)
