"""Serving the newest state and no older one, and beginning anew after a restore (`sync.md`, Epoch)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from server.accounts import repository
from server.db.engine import Sessions
from server.db.states import Marker, StateError, advance, overtake, require_newest
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.web.tracing import log_failure

# Of what was written in this time before a crash a restore that lacks it may pass for the newest state. A phone that
# has seen it finds out by its cursor or by the digest.
SECONDS: Final = 5.0


@asynccontextmanager
async def newest_state(sessions: Sessions, marker: Marker) -> AsyncIterator[None]:
    """Serve the newest state and let the marker follow what is written meanwhile, without a request waiting for it.

    Raises:
        StateError: this database is older than what was served, or the marker cannot be read or written.
    """
    await require_newest(sessions.engine, marker)
    await advance(sessions.engine, marker)
    following = asyncio.create_task(_follow(sessions, marker))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait([following])
        await _tried(sessions, marker)


async def _follow(sessions: Sessions, marker: Marker) -> None:
    seen = sessions.written
    while True:
        await asyncio.sleep(SECONDS)
        written = sessions.written
        if written != seen and await _tried(sessions, marker):
            seen = written


async def _tried(sessions: Sessions, marker: Marker) -> bool:
    """Begin another state; where that fails, requests go on, and `/readyz` tells what must not be served."""
    try:
        await advance(sessions.engine, marker)
    except (StateError, SQLAlchemyError, OSError) as error:
        log_failure(error)
        return False
    return True


async def begin_epochs(sessions: Sessions, marker: Marker) -> None:
    """Give every scope a new random epoch, and this database a state that is newer than whatever was served.

    Raises:
        StateError: the marker cannot be read or written.
    """
    async with unit_of_work(sessions, writes=True) as session:
        number = await overtake(session, marker)
        for organisation in await repository.list_organisations(session):
            await enter(session, organisation)
            await repository.renew_epochs(session, organisation)
            await session.flush()
    await asyncio.to_thread(marker.move, number)
