"""Each layer of isolation alone: with every filter of the repositories off, PostgreSQL still keeps clinics apart."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession
from support.clinic import PASSWORD
from support.matrix import ELSEWHERE, PLACES, ROLES, Operation, combinations, operations
from support.world import World

from server.accounts import repository as accounts
from server.accounts.models import ClientRow, MemberRow
from server.db.base import Row
from server.db.unit import unit_of_work

# `x.organisation_id = ?`, also of another table's: every criterion about organisations, however a statement is made.
CRITERION = re.compile(r"(?:\w+\.)?organisation_id = (?:\$\d+(?:::UUID)?|\?|\w+\.organisation_id)")


@contextmanager
def without_filters(world: World) -> Iterator[list[int]]:
    """Take every criterion about organisations out of the application's statements, and the care check; count them."""
    taken: list[int] = []

    async def find_any(session: AsyncSession, _access: Any, client: UUID) -> ClientRow | None:
        return await session.scalar(select(ClientRow).where(ClientRow.id == client))

    def rewrite(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: Any) -> tuple[str, Any]:
        # Made true instead of left out: its parameter must stay in its place.
        changed, number = CRITERION.subn(lambda found: f"({found[0]} OR true)", statement)
        taken.append(number)
        return changed, parameters

    engine = world.clinic.app.app.state.sessions.engine.sync_engine
    event.listen(engine, "before_cursor_execute", rewrite, retval=True)
    world.forget()
    with patch.object(accounts, "find_client", find_any):
        yield taken
    event.remove(engine, "before_cursor_execute", rewrite)
    world.forget()


async def leaks_across(world: World) -> set[str]:
    """Return the operations that tell a caller anything about another clinic's ids."""
    found = set()
    for operation in [each for each in operations(world.clinic.app.app) if each.secured and each.slots]:
        for caller in ("ana", "theo", "ada", "sam", "nils"):
            abroad = ("own", "same clinic") if caller in ELSEWHERE else ("elsewhere",)
            for places in combinations(operation) if ROLES[caller] in operation.roles else ():
                blind = tuple("random" if place in abroad else place for place in places)
                if places != blind and await differs(world, operation, caller, places, blind):
                    found.add(operation.name)
    return found


async def differs(world: World, operation: Operation, caller: str, *places: tuple[str, ...]) -> bool:
    first, second = [await world.ask(operation, caller, each) for each in places]
    return first != second


async def test_without_any_filter_postgresql_still_tells_nothing_of_another_clinic(postgres_world: World) -> None:
    with without_filters(postgres_world) as taken:
        assert await leaks_across(postgres_world) == set()
    assert sum(taken) > 1000


async def test_without_any_filter_a_file_of_two_clinics_tells_everything(sqlite_world: World) -> None:
    about = {
        each.name
        for each in operations(sqlite_world.clinic.app.app)
        if each.secured and any(slot.name in ("client_id", "set_id") for slot in each.slots)
    }
    with without_filters(sqlite_world) as taken:
        assert await leaks_across(sqlite_world) >= about
    assert sum(taken) > 1000


async def test_lists_without_any_filter_hold_nothing_of_another_clinic(
    postgres_world: World, sqlite_world: World
) -> None:
    """What has no id in its request: lists and summaries, compared with what the same caller sees with filters."""
    theirs = {str(each) for (place, _, _), each in postgres_world.rows.items() if place == "elsewhere"}
    assert [await named(postgres_world, caller, theirs) for caller in ("ana", "theo", "ada")] == [set(), set(), set()]
    theirs = {str(each) for (place, _, _), each in sqlite_world.rows.items() if place == "elsewhere"}
    assert "readAudit" in await named(sqlite_world, "ada", theirs)


async def named(world: World, caller: str, ids: set[str]) -> set[str]:
    """Return the operations without ids whose answer names one of these, with every filter off."""
    plain = [each for each in operations(world.clinic.app.app) if each.secured and not each.slots]
    with without_filters(world):
        said = {each.name: (await world.ask(each, caller, ()))[1] for each in plain}
    return {name for name, text in said.items() if any(each in text for each in ids)}


class Watch:
    """Notes every statement about people that a transaction sends before it has entered an organisation."""

    def __init__(self, world: World) -> None:
        self.engine = world.clinic.app.app.state.sessions.engine.sync_engine
        self.early: list[str] = []
        self.entered = 0
        names = [each.name for each in Row.metadata.sorted_tables if "organisation_id" in each.columns]
        self.of_people = re.compile(rf"\b({'|'.join(names)})\b")

    def begin(self, connection: Any) -> None:
        connection.info["entered"] = False

    def execute(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "set_config('app.organisation'" in statement:
            self.entered += not connection.info["entered"]
            connection.info["entered"] = True
        elif not connection.info["entered"] and self.of_people.search(statement):
            self.early.append(statement)

    def __enter__(self) -> Self:
        event.listen(self.engine, "begin", self.begin)
        event.listen(self.engine, "before_cursor_execute", self.execute)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "begin", self.begin)
        event.remove(self.engine, "before_cursor_execute", self.execute)


async def test_every_transaction_enters_an_organisation_before_it_asks_about_people(postgres_world: World) -> None:
    world = postgres_world
    world.forget()
    with Watch(world) as watch:
        for operation in operations(world.clinic.app.app):
            for caller in ("ana", "theo", "ada", "replaced"):
                await world.ask(operation, caller, (PLACES[0],) * len(operation.slots))
        body = {"email": "theo@clinic.example", "password": PASSWORD, "organisation": "clinic"}
        answer = await world.send("anonymous", method="POST", url="/v1/auth/sign-in", json=body)
    assert answer[0] == 200
    assert watch.early == []
    assert watch.entered > 50


async def test_a_question_before_entering_would_be_noticed(postgres_world: World) -> None:
    with Watch(postgres_world) as watch:
        async with unit_of_work(postgres_world.clinic.app.app.state.sessions, writes=False) as session:
            assert (await session.scalars(select(MemberRow))).all() == []
    assert len(watch.early) == 1
