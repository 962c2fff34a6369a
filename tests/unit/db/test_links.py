"""Statements that go straight to the driver: the same values and rows on both databases, in one transaction."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, insert, select
from support.clinic import NOON, Clinic, Person

from server.accounts.models import DeviceRow, OrganisationRow
from server.db.entering import EnteringStatement
from server.db.links import Links
from server.db.statement import Among, Ids, Statement
from server.kit.errors import Unavailable

ADD = Statement(insert(DeviceRow))
FIND = Statement(
    select(DeviceRow.id, DeviceRow.paired_at, DeviceRow.ended_at).where(
        DeviceRow.organisation_id == bindparam("organisation"),
        Among(DeviceRow.id, bindparam("ids", type_=Ids())),
    )
)
SEE = EnteringStatement(
    lambda organisation: select(DeviceRow.id).where(
        DeviceRow.organisation_id == organisation, DeviceRow.id == bindparam("device", type_=DeviceRow.id.type)
    )
)
LATER = datetime(2026, 6, 1, 23, 30, 0, 123456, tzinfo=UTC)


class Place:
    """A client of a clinic, to whom devices can be added over links."""

    def __init__(self, links: Links, organisation: UUID, client: UUID) -> None:
        self.links, self.organisation, self.client = links, organisation, client

    def device(self) -> dict[str, object]:
        owner = {"organisation_id": self.organisation, "client_id": self.client}
        return {**owner, "id": uuid4(), "paired_at": NOON, "last_outbox_at": None, "ended_at": LATER}

    async def find(self, *ids: object) -> set[tuple[object, ...]]:
        async with self.links.open(self.organisation, writes=False) as link:
            found = await link.all(FIND, {"organisation": self.organisation, "ids": list(ids)})
        return {(UUID(str(key)), *instants) for key, *instants in found}


@pytest.fixture
async def place(clinic: Clinic, theo: Person) -> Place:
    ana = await clinic.phone(theo, "Ana")
    async with clinic.sessions(writes=False) as session:
        organisation = (await session.scalars(select(OrganisationRow.id))).one()
    return Place(clinic.app.app.state.sessions.links, organisation, UUID(ana.id))


async def test_values_and_rows_are_what_the_types_say(place: Place) -> None:
    one, two, three = (place.device() for _ in range(3))
    async with place.links.open(place.organisation, writes=True) as link:
        await link.each(ADD, [one])
        await link.each(ADD, [two, three])
    assert await place.find(one["id"], three["id"], uuid4()) == {(each["id"], NOON, LATER) for each in (one, three)}
    assert await place.find() == set()


async def _fail_after_adding(place: Place, device: dict[str, object]) -> None:
    async with place.links.open(place.organisation, writes=True) as link:
        await link.each(ADD, [device])
        raise ZeroDivisionError


async def test_what_raises_leaves_nothing(place: Place) -> None:
    device = place.device()
    with pytest.raises(ZeroDivisionError):
        await _fail_after_adding(place, device)
    assert await place.find(device["id"]) == set()
    async with place.links.open(place.organisation, writes=True) as link:
        await link.each(ADD, [device])
    assert len(await place.find(device["id"])) == 1, "control: without a fault it stays, and the link is whole"


async def test_on_postgresql_another_organisation_is_not_entered(place: Place, database: str) -> None:
    device = place.device()
    async with place.links.open(place.organisation, writes=True) as link:
        await link.each(ADD, [device])
    async with place.links.open(uuid4(), writes=False) as link:
        found = await link.all(FIND, {"organisation": place.organisation, "ids": [device["id"]]})
    assert len(found) == (0 if database.startswith("postgresql") else 1), "row-level security, not the condition"


async def test_whoever_finds_no_connection_is_told_to_come_back(
    place: Place, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as held:
        for _ in range(10):
            await held.enter_async_context(place.links.open(place.organisation, writes=False))
        if database.startswith("postgresql"):
            monkeypatch.setattr("server.db.links.WAIT_SECONDS", 0.05)
            with pytest.raises(Unavailable) as refused:
                await held.enter_async_context(place.links.open(place.organisation, writes=False))
            assert refused.value.headers == {"Retry-After": "1"}
            monkeypatch.undo()
    assert await place.find() == set()


async def test_those_who_write_the_same_wait_in_one_line_and_no_other(place: Place) -> None:
    me = uuid4()
    line = place.links.line(me)
    assert place.links.line(me) is line
    assert place.links.line(uuid4()) is not line


async def test_a_statement_by_itself_enters_its_organisation_and_leaves_it(place: Place, database: str) -> None:
    device = place.device()
    async with place.links.open(place.organisation, writes=True) as link:
        await link.each(ADD, [device])
    given = {"organisation": place.organisation, "device": device["id"]}
    assert len(await place.links.once(SEE, given)) == 1
    assert await place.links.once(SEE, {**given, "organisation": uuid4()}) == []
    if database.startswith("postgresql"):
        async with place.links._postgres(uuid4(), writes=False) as link:  # noqa: SLF001 - the same connection
            assert await link.all(FIND, {"organisation": place.organisation, "ids": [device["id"]]}) == []
