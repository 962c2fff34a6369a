"""What must hold of a world: at any time (`look`, `follow`), at rest, and after an erasure."""

from typing import Any
from uuid import UUID

from support.feed import digest_of
from support.sync_model import VOIDABLE
from support.sync_streak import judge_streak
from support.sync_world import Seen, World

# What is told in pages was told in the story; at rest it is only to be told.
MOST_ROWS = 500


async def look(world: World) -> list[dict[str, Any]]:
    """Read the whole scope, hold it against the laws, and remember the cursor."""
    rows, page = await world.rows()
    world.model.judge_rows(rows)
    assert page["digest"] == digest_of(rows), "I4: the digest is of these rows"
    for each in world.seen:
        _judge_complete(each, rows)
    world.seen.append(Seen(cursor=page["cursor"], rows=rows))
    await judge_streak(world, rows)
    return rows


async def follow(world: World, place: int, limit: int) -> None:
    """I3: whoever follows a cursor by small pages gets exactly what came after it."""
    if not world.seen:
        return
    start = world.seen[place % len(world.seen)]
    whole, _ = await world.rows()
    version = int(start.cursor.rpartition(".")[2])
    expected = [row for row in whole if row["version"] > version]
    assert (await world.rows(start.cursor, limit))[0] == expected, "I3: exactly the rows in between"


async def judge_erased(world: World) -> None:
    """I11: no row, no key, and no phone offers anything a second time."""
    assert await world.house.left_of(UUID(world.client)) == set(), "I11: nothing is left"
    for phone in world.phones:
        # A sign-in that is younger than the backup is unknown to the server: it can only say that it is over.
        unknown = world.restored or phone.store.tokens is None
        outcome = await world.sync(phone)
        assert outcome == "Erased" or (outcome == "SignedOut" and unknown), "I11: no second offer"
        asked = world.requests
        await world.sync(phone)
        assert world.requests == asked, "I11: no second offer"
        assert phone.store.erased == (outcome == "Erased"), "I11: the phone has forgotten"


async def judge_rest(world: World) -> None:
    """Let everything arrive and every phone sync until nothing moves, and hold all of it against the laws."""
    world.fates.clear()
    await world.lossy.arrive()
    for phone in (*world.phones, world.phones[0]):
        phone.page = MOST_ROWS
        if await world.sync(phone) == "SignedOut":
            await world.pair(phone)
            assert await world.sync(phone) == "done", "I4: a phone that was paired again cannot sync"
    rows = await look(world)
    there = {row["id"]: row for row in rows}
    for phone in world.phones:
        assert phone.store.queue == {}, "I4: everything was delivered"
        assert phone.store.copy.rows == there, "I4: every device equals the server"
        assert set(phone.store.acknowledged) <= world.acknowledged, "I7: taken by its own result"
        assert set(phone.store.set_aside) <= world.turned_away, "I7: set aside by its own result"
    _judge_promises(world, there)


def _judge_promises(world: World, there: dict[str, dict[str, Any]]) -> None:
    for key, op in world.acknowledged:
        assert key in there, "I1, I8: what was acknowledged is there"
        assert op == "put" or there[key]["deleted"], "I12: what was taken back is not live"
    practices = {key for key, row in there.items() if row["kind"] in VOIDABLE}
    assert world.written - set(there) <= world.refused, "I1: what was written has arrived"
    assert practices <= world.written | world.tangled, "I2: each practice once"


def _judge_complete(seen: Seen, rows: list[dict[str, Any]]) -> None:
    """I3: whatever stands at or below an issued cursor stood there when it was issued."""
    version = int(seen.cursor.rpartition(".")[2])
    below = [row for row in rows if row["version"] <= version]
    assert [row for row in below if row not in seen.rows] == [], "I3: nothing appears below an issued cursor"
