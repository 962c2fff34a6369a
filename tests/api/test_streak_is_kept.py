"""The streak that is told from what the head keeps is the one that all facts tell, and costs the same (R18)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import update
from support import lasting as shared
from support.clinic import Clinic, Person, completion

from server.accounts.models import SyncHeadRow
from server.db import link
from server.db.unit import unit_of_work

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
DAY = timedelta(days=1)


async def forget(clinic: Clinic) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(SyncHeadRow).values(standing=None, answer=None))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what goes straight to the driver: of each transaction its statements, without its begin and end."""
    asked: list[str] = []
    with patch.object(link.Statement, "compiled", autospec=True, side_effect=link.Statement.compiled) as compiled:
        yield asked
        asked += [str(call.args[0]) for call in compiled.call_args_list]


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_kept_tells_what_everything_tells(clinic: Clinic, theo: Person, ana: Person, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's own dice
    path = f"/v1/clients/{ana.id}"
    items = [{"exercise": "here-in-this-room", "recurrence": {"type": "weekly_quota", "n": 5}}]
    made = await theo.post("/v1/practice-sets", {"title": "Most days", "items": items})
    await theo.post(f"{path}/assignments", {"practice_set_id": made["id"]})
    pushed: list[dict[str, Any]] = []
    for day in range(70):
        clinic.clock.move(hours=24)
        if dice.random() < 0.7:
            pushed.append(completion(clinic.clock.at - timedelta(hours=dice.randrange(1, 30))))
            await ana.push(pushed[-1])
        if day % 23 == 11:
            await ana.push({"id": dice.choice(pushed)["id"], "op": "void", "type": "completion"})
        if day % 29 == 13:
            at = (clinic.clock.at - DAY).isoformat()
            await theo.post(f"{path}/sessions", {"kind": "dosing", "starts_at": at, "status": "held"})
        if day % 4 == 0:
            told = await ana.get("/v1/me/streak")
            assert await ana.get("/v1/me/streak") == told
            await forget(clinic)
            assert await ana.get("/v1/me/streak") == told


async def test_a_push_and_a_read_ask_the_same_of_the_database_whatever_the_history(
    clinic: Clinic, theo: Person
) -> None:
    clinic.clock.move(days=400)
    counts = []
    for days in (3, 300):
        phone = await clinic.phone(theo, "Somebody")
        await phone.push(*(completion(clinic.clock.at - n * DAY) for n in range(days)))
        await phone.push()
        with statements() as push:
            await phone.push(*(completion(clinic.clock.at - n * timedelta(hours=1)) for n in range(20)))
        with statements() as first_read:
            await phone.get("/v1/me/streak")
        with statements() as read:
            await phone.get("/v1/me/streak")
        counts.append((len(push), len(first_read), len(read)))
    assert counts == [(4, 3, 1)] * 2, "docs/operations.md states these"
