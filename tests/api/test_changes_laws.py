"""Laws of the feed after any writes: complete cursors (I3), tombstones for ever, a digest of what is told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, check_in, completion
from support.feed import digest_of, pull, whole
from support.plans import assign, change_session, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

# Every example lets a phone in and sends some dozens of requests.
EXAMPLES = max(6, settings().max_examples // 20)
FEW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


class Scope:
    """A client whose scope is written from both sides, and a phone that pulls now and then.

    `cursors` are all that were issued, `gone` the ids of what was taken back, `held` what the phone has.
    """

    def __init__(self, theo: Person, phone: Person) -> None:
        self.theo, self.phone = theo, phone
        self.facts: list[tuple[str, str]] = []
        self.sessions: list[dict[str, Any]] = []
        self.pauses: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.cursors: list[str] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.minutes = 0

    async def practise(self, pick: int) -> None:
        day = NOON - timedelta(days=pick % 5)
        items = [check_in(day) if pick % 4 == each else completion(day, seconds=pick) for each in range(1 + pick % 3)]
        await self.phone.push(*items)
        self.facts += [(each["id"], each["type"]) for each in items]

    async def take_back(self, pick: int) -> None:
        unknown = (str(uuid4()), "completion")
        key, kind = self.facts[pick % len(self.facts)] if self.facts and pick % 4 else unknown
        await self.phone.push({"id": key, "op": "void", "type": kind})
        self.gone.add(key)

    async def move_house(self, pick: int) -> None:
        self.minutes += 1
        at = (NOON + timedelta(minutes=self.minutes)).isoformat()
        body = {"at": at, "zone": ("Europe/Berlin", "Asia/Tokyo")[pick % 2]}
        await self.phone.push({"id": str(uuid4()), "op": "put", "type": "zone", "body": body})

    async def plan(self, pick: int) -> None:
        if self.sessions and pick % 2:
            place = pick % len(self.sessions)
            later = (NOON + timedelta(days=pick)).isoformat()
            self.sessions[place] = await change_session(self.theo, self.phone, self.sessions[place], starts_at=later)
        else:
            self.sessions.append(await plan_session(self.theo, self.phone, NOON + timedelta(days=1)))

    async def give(self, _: int) -> None:
        await assign(self.theo, self.phone)

    async def pause(self, pick: int) -> None:
        who, path = ((self.phone, "/v1/me/pauses"), (self.theo, f"/v1/clients/{self.phone.id}/pauses"))[pick % 2]
        if self.pauses and pick % 3:
            pause = self.pauses.pop(pick % len(self.pauses))
            if pick % 3 == 1:
                assert (await who.ask("DELETE", f"{path}/{pause['id']}")).status_code == 204
                self.gone.add(pause["id"])
            else:
                given = {"json": {"to": NOON.date().isoformat()}, "headers": {"If-Match": "*"}}
                self.pauses.append((await who.ask("PATCH", f"{path}/{pause['id']}", **given)).json())
        else:
            self.pauses.append(await who.post(path, {"from": NOON.date().isoformat()}))

    async def choose(self, pick: int) -> None:
        await self.phone.ask("PATCH", "/v1/me/preferences", json={"display": ("off", "count")[pick % 2]})
        await self.theo.ask("PATCH", f"/v1/clients/{self.phone.id}", json={"rest_days": pick % 4})

    async def pull(self, pick: int) -> None:
        cursor = self.cursors[-1] if self.cursors else None
        async for page in pull(self.phone, cursor, limit=1 + pick % 7):
            self.cursors.append(page["cursor"])
            self.held |= {row["id"]: row for row in page["items"]}
            assert page["has_more"] or page["digest"] == digest_of(self.held.values())


WRITES: list[Callable[[Scope, int], Awaitable[None]]] = [
    Scope.practise,
    Scope.take_back,
    Scope.move_house,
    Scope.plan,
    Scope.give,
    Scope.pause,
    Scope.choose,
    Scope.pull,
]
PLANS = st.lists(st.tuples(st.sampled_from(WRITES), st.integers(0, 60)), min_size=3, max_size=20)


@FEW
@given(plan=PLANS, limit=st.integers(1, 9))
async def test_any_cursor_brings_exactly_what_came_after_it_and_the_digest_is_of_what_is_told(
    clinic: Clinic, theo: Person, plan: list[Any], limit: int
) -> None:
    scope = Scope(theo, await clinic.phone(theo, "Ana"))
    for write, pick in plan:
        await write(scope, pick)
    await scope.pull(3)
    rows = list((await whole(scope.phone)).values())
    versions = [row["version"] for row in rows]
    assert versions == sorted(set(versions))
    assert scope.held == {row["id"]: row for row in rows}
    assert {row["id"] for row in rows if row["deleted"]} == scope.gone
    for cursor in scope.cursors:
        after = int(cursor.rpartition(".")[2])
        told = [row async for page in pull(scope.phone, cursor, limit) for row in page["items"]]
        assert told == [row for row in rows if row["version"] > after]


async def test_who_pulls_while_others_write_misses_nothing_and_every_digest_is_of_what_was_told(
    clinic: Clinic, theo: Person
) -> None:
    scope = Scope(theo, await clinic.phone(theo, "Ana"))

    async def write(writer: int) -> None:
        for pick in range(writer, writer + 12):
            await (scope.practise, scope.choose, scope.take_back)[pick % 3](pick)

    writing = asyncio.gather(*(write(writer) for writer in range(6)))
    while not writing.done():
        await scope.pull(6)
    await writing
    await scope.pull(6)
    assert scope.held == await whole(scope.phone)


def test_a_row_that_was_missed_or_is_older_gives_another_digest() -> None:
    rows = [{"id": str(uuid4()), "version": version, "deleted": False} for version in range(1, 9)]
    assert digest_of(rows) == digest_of(reversed(rows))
    assert digest_of(rows) != digest_of(rows[1:])
    assert digest_of(rows) != digest_of([{**rows[0], "deleted": True}, *rows[1:]])
    assert digest_of(rows) != digest_of([{**rows[0], "version": 9}, *rows[1:]])
