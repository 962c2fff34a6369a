"""`groundwork verify-streaks` finds a kept streak that is not what the facts say (`streaks.md` R18)."""

import asyncio
import os
from datetime import timedelta

import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from support.clinic import KEYS, Clinic, Person, completion

from server.accounts.models import SyncHeadRow
from server.cli import main
from server.db.unit import unit_of_work
from server.practice.streaks import kept
from server.practice.streaks.practice import Tally

DAY = timedelta(days=1)


@pytest.fixture
async def practised(clinic: Clinic, ana: Person) -> Person:
    await ana.push(*(completion(clinic.clock.at - n * DAY) for n in range(9)))
    await ana.get("/v1/me/streak")
    return ana


async def verify(clinic: Clinic, database: str, *arguments: str) -> Result:
    clean = {name: None for name in os.environ if name.startswith(("GROUNDWORK_", "DATABASE_"))}
    environ = {
        "GROUNDWORK_DATABASE_URL": database,
        "GROUNDWORK_KEYS": KEYS,
        "GROUNDWORK_DATA": str(clinic.settings.data),
    }
    return await asyncio.to_thread(CliRunner().invoke, main, ("verify-streaks", *arguments), env={**clean, **environ})


async def change(clinic: Clinic) -> None:
    """Let the head keep another practice than there is."""
    async with unit_of_work(clinic.sessions, writes=True) as session:
        standing = kept.decode((await session.scalars(select(SyncHeadRow.standing))).one() or b"")
        assert standing
        standing.practice.tallies[clinic.clock.at.date() - 20 * DAY] = Tally(whole=1)
        await session.execute(update(SyncHeadRow).values(standing=msgspec.msgpack.encode(standing)))


async def test_what_is_kept_is_what_the_facts_say(clinic: Clinic, practised: Person, database: str) -> None:
    assert practised.id
    done = await verify(clinic, database)
    assert (done.exit_code, done.output) == (0, "1 streaks compared, 0 differ.\n")


async def test_another_streak_is_found_and_made_anew(clinic: Clinic, practised: Person, database: str) -> None:
    told = await practised.get("/v1/me/streak")
    await change(clinic)
    found = await verify(clinic, database)
    assert (found.exit_code, found.output) == (1, "1 streaks compared, 1 differ.\n")
    rebuilt = await verify(clinic, database, "--rebuild")
    assert (rebuilt.exit_code, rebuilt.output) == (0, "1 streaks compared, 1 made anew.\n")
    assert (await verify(clinic, database)).exit_code == 0
    assert await practised.get("/v1/me/streak") == told
