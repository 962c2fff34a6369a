"""Signing a member in by password, with a delay that grows with wrong guesses."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import find_by_email, hash_email
from server.accounts.organisations import find_organisation
from server.accounts.work import Visit
from server.auth import repository
from server.auth.families import Refused, start_sign_in
from server.auth.models import GuessRow
from server.auth.passwords import check_password
from server.auth.schemas import SignIn, Tokens
from server.kit.errors import TooManyRequests

FREE_GUESSES = 10
LONGEST_DELAY = timedelta(hours=1)


async def sign_in(visit: Visit, data: SignIn) -> Tokens:
    """Sign a member in by password.

    Raises:
        Refused: e-mail and password do not belong together; the same answer and duration for unknown accounts.
        TooManyRequests: more than ten wrong guesses; the wait doubles with each and is never a lock.
    """
    handle = data.organisation if isinstance(data.organisation, str) else None
    organisation = await find_organisation(visit.session, handle)
    account = hash_email(visit.keys, organisation, data.email)
    guesses = await _count_guess(visit.session, organisation, account, visit.now)
    member = await find_by_email(visit.session, visit.keys, organisation, data.email)
    password = await repository.find_password(visit.session, organisation, member.id) if member else None
    if not await check_password(data.password, password) or member is None:
        raise Refused("E-mail and password do not belong together.", code="wrong_credentials")
    await visit.session.delete(guesses)
    return start_sign_in(visit.session, organisation, member.id, member.role, None, visit.now)


async def _count_guess(session: AsyncSession, organisation: UUID, account: bytes, now: datetime) -> GuessRow:
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
