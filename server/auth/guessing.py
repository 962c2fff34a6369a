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
    """Guesses that are counted together: `free` of them cost nothing, then the wait doubles.

    `own`: only who is known by it, or at that address, guesses at that account; a right one begins it anew.
    """

    key: bytes
    free: int
    own: bool


def buckets(
    keys: Keys, organisation: UUID, at: At, account: bytes, address: str, known: bytes | None
) -> tuple[Bucket, ...]:
    """Return where a guess at an account is counted, the guesser's own bucket first.

    A device that has signed in to the account before (`known`) is counted alone. Everybody else is counted by account
    and address, by account, and by address.
    """
    if known is not None:
        return (_bucket(keys, organisation, FREE_GUESSES, at, b"known", account, known, own=True),)
    where = address.encode()
    return (
        _bucket(keys, organisation, FREE_GUESSES, at, b"both", account, where, own=True),
        _bucket(keys, organisation, FREE_AT_ACCOUNT, at, b"account", account),
        *at_address(keys, organisation, at, address),
    )


def at_address(keys: Keys, organisation: UUID, at: At, address: str) -> tuple[Bucket, ...]:
    """Return where a guess is counted that is at no account in particular: by address alone."""
    return (_bucket(keys, organisation, FREE_AT_ADDRESS, at, b"address", address.encode()),)


def _bucket(keys: Keys, organisation: UUID, free: int, at: At, *parts: bytes, own: bool = False) -> Bucket:
    key = keys.derive(organisation, "guesses")
    return Bucket(key=hmac.digest(key, framed(at.encode(), *parts), "sha256"), free=free, own=own)


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
    counts = [1 if row.free_at + FORGOTTEN_AFTER <= now else row.count + 1 for row in rows]
    delays = [_delay(each - place.free) for each, place in zip(counts, places, strict=True)]
    counted = {row.bucket: (each, now + delay) for row, each, delay in zip(rows, counts, delays, strict=True)}
    await repository.save_guesses(session, organisation, counted)


async def forgive(session: AsyncSession, organisation: UUID, places: Sequence[Bucket], now: datetime) -> None:
    """Take back a guess that was right: the guesser's own bucket begins anew, the shared ones count one less.

    A shared bucket never begins anew: else whoever has one account could guess at another without end.
    """
    found = await repository.lock_guesses(session, organisation, [each.key for each in places], now)
    for place in places:
        row = found[place.key]
        if place.own:
            await session.delete(row)
        else:
            row.count = max(row.count - 1, 0)
    await session.flush()


def _delay(beyond: int) -> timedelta:
    if beyond < 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(beyond, 12)), LONGEST_DELAY)
