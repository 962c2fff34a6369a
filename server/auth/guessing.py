"""Counting guesses, so that guessing gets slow and nobody can lock anybody else out (decision 0014)."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import repository
from server.kit.errors import TooManyRequests
from server.vault.keys import Keys
from server.vault.sealing import framed

FREE_GUESSES = 10
# Everybody together who is not known to an account; and one address at all accounts, behind which a clinic may be.
FREE_AT_ACCOUNT = 20
FREE_AT_ADDRESS = 100
LONGEST_DELAY = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)

At = Literal["password", "code", "step_up", "pairing"]


class Bucket(Struct, frozen=True, kw_only=True):
    """Guesses that are counted together: `free` of them cost nothing, then the wait doubles."""

    key: bytes
    free: int


def buckets(
    keys: Keys, organisation: UUID, at: At, account: bytes, address: str, known: bytes | None
) -> tuple[Bucket, ...]:
    """Return where a guess at an account is counted, the guesser's own bucket first.

    A device that has signed in to the account before (`known`) is counted alone. Everybody else is counted by account
    and address, by account, and by address.
    """
    key = keys.derive(organisation, "guesses")

    def bucket(free: int, *parts: bytes) -> Bucket:
        return Bucket(key=hmac.digest(key, framed(at.encode(), *parts), "sha256"), free=free)

    if known is not None:
        return (bucket(FREE_GUESSES, b"known", account, known),)
    where = address.encode()
    return (
        bucket(FREE_GUESSES, b"both", account, where),
        bucket(FREE_AT_ACCOUNT, b"account", account),
        bucket(FREE_AT_ADDRESS, b"address", where),
    )


async def count(session: AsyncSession, organisation: UUID, places: Sequence[Bucket], now: datetime) -> None:
    """Count a guess in all of its buckets before it is evaluated, as if it were wrong.

    Raises:
        TooManyRequests: one of them must wait; then it is counted in none.
    """
    found = await repository.lock_guesses(session, organisation, [each.key for each in places], now)
    rows = [found[each.key] for each in places]
    wait = max(row.free_at for row in rows) - now
    if wait > timedelta():
        raise TooManyRequests("Wait a little before trying again.", retry_after=ceil(wait.total_seconds()))
    for place, row in zip(places, rows, strict=True):
        forgotten = row.free_at + FORGOTTEN_AFTER <= now
        row.count = 1 if forgotten else row.count + 1
        row.free_at = now + _delay(row.count - place.free)
    await session.flush()


async def forgive(session: AsyncSession, organisation: UUID, places: Sequence[Bucket], now: datetime) -> None:
    """Take back a guess that was right: the guesser's own bucket begins anew, the shared ones count one less.

    A shared bucket never begins anew: else whoever has one account could guess at another without end.
    """
    found = await repository.lock_guesses(session, organisation, [each.key for each in places], now)
    own, *shared = (found[each.key] for each in places)
    await session.delete(own)
    for row in shared:
        row.count = max(row.count - 1, 0)
    await session.flush()


def _delay(beyond: int) -> timedelta:
    if beyond < 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(beyond, 12)), LONGEST_DELAY)
