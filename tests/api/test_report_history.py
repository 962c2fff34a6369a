"""A report as of an instant and as known at one says the same whenever it is asked for (`as_of`, `known_at`)."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
DAY = timedelta(days=1)
Reports = list[tuple[dict[str, str], dict[str, Any]]]


async def read(theo: Person, client: str, **seen: datetime | str) -> dict[str, Any]:
    params = {name: each if isinstance(each, str) else each.isoformat() for name, each in seen.items()}
    report: dict[str, Any] = await theo.get(f"/v1/clients/{client}/report", params=params)
    return report


class Life:
    """A client's weeks, in which anything may be written at any time."""

    def __init__(self, clinic: Clinic, theo: Person, ana: Person, dice: random.Random) -> None:
        self.clinic, self.theo, self.ana, self.dice = clinic, theo, ana, dice
        self.path = f"/v1/clients/{ana.id}"
        self.done: list[dict[str, Any]] = []

    async def one_thing(self) -> None:
        await self.dice.choice(
            [self.practise, self.practise, self.void, self.treat, self.assign, self.rest, self.fly]
        )()

    async def practise(self) -> None:
        self.done.append(completion(self.clinic.clock.at - timedelta(hours=self.dice.randrange(60))))
        await self.ana.push(self.done[-1])

    async def void(self) -> None:
        if self.done:
            await self.ana.push({"id": self.dice.choice(self.done)["id"], "op": "void", "type": "completion"})

    async def treat(self) -> None:
        status = self.dice.choice(["held", "cancelled"])
        at = (self.clinic.clock.at - timedelta(hours=3)).isoformat()
        await self.theo.post(f"{self.path}/sessions", {"kind": "dosing", "starts_at": at, "status": status})

    async def assign(self) -> None:
        items = [{"exercise": "here-in-this-room", "recurrence": {"type": "daily"}}]
        made = await self.theo.post("/v1/practice-sets", {"title": "Daily", "items": items})
        await self.theo.post(f"{self.path}/assignments", {"practice_set_id": made["id"]})

    async def rest(self) -> None:
        today = self.clinic.clock.at.date()
        await self.ana.post("/v1/me/pauses", {"from": (today - DAY).isoformat(), "to": (today + DAY).isoformat()})

    async def fly(self) -> None:
        zone = self.dice.choice(["Asia/Tokyo", "America/New_York", "Pacific/Apia"])
        body = {"at": self.clinic.clock.at.isoformat(), "zone": zone}
        await self.ana.push({"id": completion(NOON)["id"], "op": "put", "type": "zone", "body": body})


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_reported_can_be_reported_again(clinic: Clinic, theo: Person, ana: Person, seed: int) -> None:
    life = Life(clinic, theo, ana, random.Random(seed))  # noqa: S311 - a test's own dice
    told: Reports = []
    for _ in range(14):
        await life.one_thing()
        clinic.clock.move(hours=life.dice.randrange(2, 40))
        then = clinic.clock.at.isoformat()
        told.append(({"as_of": then, "known_at": then}, await read(theo, ana.id)))
        clinic.clock.move(seconds=61)
    assert len({str(report) for _, report in told}) > 5
    for seen, report in told:
        assert await read(theo, ana.id, **seen) == report


async def test_what_came_later_is_known_later(clinic: Clinic, theo: Person, ana: Person) -> None:
    clinic.clock.move(days=3)
    before = clinic.clock.at
    clinic.clock.move(hours=1)
    await ana.push(completion(NOON))
    assert (await read(theo, ana.id))["intervals"][0]["figures"]["practised"] == 1
    assert (await read(theo, ana.id, known_at=before))["intervals"][0]["figures"]["practised"] == 0
    assert (await read(theo, ana.id, as_of=before))["intervals"][0]["figures"]["practised"] == 1, "it had happened"


async def test_what_happened_later_had_not_happened(clinic: Clinic, theo: Person, ana: Person) -> None:
    clinic.clock.move(days=2)
    await ana.push(completion(NOON), completion(NOON + DAY))
    assert (await read(theo, ana.id, as_of="2026-06-01"))["intervals"][0]["figures"]["practised"] == 1
    assert (await read(theo, ana.id, as_of="2026-06-02"))["intervals"][0]["figures"]["practised"] == 2


@pytest.mark.parametrize(
    "query", ["as_of=2026-06-02", "as_of=2026-06-01T12:00:00", "as_of=yesterday", "known_at=2026-06-01T12:00:01Z"]
)
async def test_no_time_to_look_from_is_told(theo: Person, ana: Person, query: str) -> None:
    answer = await theo.ask("GET", f"/v1/clients/{ana.id}/report?{query}")
    expected = 200 if query == "as_of=2026-06-02" else 400
    assert answer.status_code == expected, "the end of a date that has begun is now"
