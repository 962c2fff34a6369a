"""Challenges that nothing is kept of until they are answered: their MAC says that they are ours, for whom and how long.

Who asks for challenges by the million fills no table; who answers one answers it once.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.tokens import hash_secret
from server.auth.challenges import repository
from server.vault.sealing import framed

RANDOM_BYTES: Final = 16
_EXPIRY_BYTES: Final = 8
_BODY: Final = RANDOM_BYTES + _EXPIRY_BYTES
CHALLENGE_BYTES: Final = _BODY + 32


def new_challenge(key: bytes, expires_at: datetime, *bound_to: bytes) -> bytes:
    """Return 56 bytes: 128 random bits, the second it expires, and HMAC-SHA256 of both and what it is bound to."""
    body = secrets.token_bytes(RANDOM_BYTES) + int(expires_at.timestamp()).to_bytes(_EXPIRY_BYTES)
    return body + _mac(key, body, bound_to)


def holds(key: bytes, challenge: bytes, now: datetime, *bound_to: bytes) -> bool:
    """Whether a challenge is one of ours, bound to the same and not expired; it may have been spent."""
    body, mac = challenge[:_BODY], challenge[_BODY:]
    ours = len(challenge) == CHALLENGE_BYTES and hmac.compare_digest(mac, _mac(key, body, bound_to))
    return ours and expiry_of(challenge) > now


def expiry_of(challenge: bytes) -> datetime:
    """Return when a challenge that holds expires."""
    return datetime.fromtimestamp(int.from_bytes(challenge[RANDOM_BYTES:_BODY]), UTC)


async def is_spent(session: AsyncSession, organisation: UUID, challenge: bytes) -> bool:
    """Whether a challenge was answered before."""
    return await repository.is_spent(session, organisation, hash_secret(challenge))


async def spend(session: AsyncSession, organisation: UUID, challenge: bytes, now: datetime) -> bool:
    """Use a challenge up, in the caller's transaction; False when somebody did before, also at this moment."""
    await repository.forget_spent(session, organisation, now)
    # A little longer than it holds: its expiry is told in whole seconds.
    expires_at = expiry_of(challenge) + timedelta(seconds=1)
    return await repository.add_spent(session, organisation, hash_secret(challenge), expires_at)


def _mac(key: bytes, body: bytes, bound_to: tuple[bytes, ...]) -> bytes:
    return hmac.digest(key, framed(body, *bound_to), "sha256")
