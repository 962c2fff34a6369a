"""Wrapping every data key anew, and letting go of an old version, while servers go on working."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.db.engine import Sessions
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.vault import repository
from server.vault.keys import Keys, stamp

# As many as keep SQLite's only writer busy for a few milliseconds.
BATCH: Final = 100


async def rewrap(session: AsyncSession, keys: Keys, organisation: UUID, most: int = BATCH) -> int:
    """Wrap at most this many of an organisation's keys with the newest version; returns how many were.

    What the keys sealed stays as it is. The session has entered the organisation.

    Raises:
        KeyLost: one was wrapped by a version that is not there.
        SealBroken: one was changed.
    """
    rows = await repository.lock_keys_of_others(session, organisation, stamp(keys.newest), most)
    for row in rows:
        secret = await keys.unwrap(organisation, row.owner_id, row.wrapped)
        row.wrapped = await keys.wrap(organisation, row.owner_id, secret)
    await session.flush()
    return len(rows)


async def rewrap_all(sessions: Sessions, keys: Keys, organisations: Iterable[UUID]) -> int:
    """Rewrap every key in small transactions; returns how many were. May be interrupted and run again."""
    total = 0
    for organisation in organisations:
        batch = BATCH
        while batch == BATCH:
            async with unit_of_work(sessions, writes=True) as session:
                await enter(session, organisation)
                batch = await rewrap(session, keys, organisation)
            total += batch
    return total


async def is_in_use(session: AsyncSession, version: int, organisations: Iterable[UUID]) -> bool:
    """Whether any key is wrapped by this version; no key is added until the transaction ends."""
    await repository.stop_writers(session)
    for organisation in organisations:
        await enter(session, organisation)
        if await repository.has_stamped(session, organisation, stamp(version)):
            return True
    return False
