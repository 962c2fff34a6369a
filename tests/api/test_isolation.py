"""Every operation x caller x place of an id, generated (`security.md`, Isolation 4; `promises.md` P12, P13)."""

import json
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from support.clinic import NOON, Clinic, Person, completion
from support.matrix import (
    CLIENTS,
    ELSEWHERE,
    ROLES,
    STRANGERS,
    SUPPORT,
    THERAPISTS,
    Operation,
    combinations,
    may_see,
    operations,
)
from support.world import Said, World

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.care import repository as care
from server.care.models import PracticeSetRow, SessionRow

# What needs no sign-in, each for a reason: health for machines, the ways in, the catalogue with its sound, and a
# calendar, whose address is its secret.
PUBLIC = {
    "getHealth",
    "getReadiness",
    "signIn",
    "pairPhone",
    "refreshTokens",
    "offerPasskeySignIn",
    "signInByPasskey",
    "signInAtConsoleByPasskey",
    "startOidc",
    "finishOidc",
    "finishOidcAtConsole",
    "signInAtConsole",
    "acceptInvitation",
    "answerSecondFactorAtConsole",
    "answerSecondFactor",
    "listExercises",
    "listTracks",
    "readExercise",
    "readCrisisCard",
    "readStopCard",
    "readExerciseVersion",
    "readSignalRules",
    "readAudio",
    "readCalendar",
    "readCaptions",
    "readCues",
}
# What is not in the document; none of it knows people's data.
UNDOCUMENTED = {"/metrics", "/openapi.json", "/docs"}
# A request may still be refused for what it says, but not for whom it is about.
ANY_TWO = ("own", "random")
SEEN = {200, 201, 204, 409}


def secured(world: World) -> list[Operation]:
    return [each for each in operations(world.clinic.app.app) if each.secured]


async def leaks(world: World, callers: Iterable[str] = ROLES) -> list[str]:
    """Return what callers can tell about ids that they may not see, by operation, caller and places."""
    return [
        f"{operation.name} {caller} {places}"
        for operation in secured(world)
        for caller in callers
        if ROLES[caller] in operation.roles
        for places in combinations(operation)
        if await leaks_by(world, operation, caller, places)
    ]


async def leaks_by(world: World, operation: Operation, caller: str, places: tuple[str, ...]) -> bool:
    """Whether a request with hidden ids is answered in any other way than with ids of nothing in their stead."""
    blind = tuple(
        place if may_see(caller, operation, slot, place) else "random"
        for slot, place in zip(operation.slots, places, strict=True)
    )
    return places != blind and await world.ask(operation, caller, places) != await world.ask(operation, caller, blind)


async def test_what_may_not_be_seen_is_not_there(world: World) -> None:
    assert await leaks(world) == []


async def test_what_may_be_seen_is_there(world: World) -> None:
    wrong = []
    for operation in [each for each in secured(world) if each.slots]:
        for caller in [each for each in ROLES if ROLES[each] in operation.roles]:
            seen = [await world.ask(operation, caller, places) for places in visible(operation, caller)]
            if seen and not {status for status, *_ in seen} & SEEN:
                wrong.append(f"{operation.name} {caller} {seen[0][:2]}")
    assert wrong == [], "Teach the matrix to write a body that fits, or the world to furnish what is asked for."


def visible(operation: Operation, caller: str) -> Iterator[tuple[str, ...]]:
    """Yield all ways to ask for what a caller may see; of ids that may be left out at least one is given."""
    choices = [[each for each in slot.places if may_see(caller, operation, slot, each)] for slot in operation.slots]
    yield from (each for each in product(*choices) if set(each) - {"absent", "random"})


async def test_the_wrong_role_is_refused_whatever_the_id(world: World) -> None:
    for operation in secured(world):
        for caller in [each for each in ROLES if ROLES[each] not in operation.roles]:
            said = {await world.ask(operation, caller, (place,) * len(operation.slots)) for place in ANY_TWO}
            assert {status for status, *_ in said} == {403}, f"{operation.name} {caller}"
            assert len(said) == 1, f"{operation.name} {caller} answers by id"


async def test_nobody_gets_anywhere_without_a_sign_in(world: World) -> None:
    answers = {
        (operation.name, caller, place): await world.ask(operation, caller, (place,) * len(operation.slots))
        for operation in secured(world)
        for caller in STRANGERS
        for place in ANY_TWO
    }
    assert {key for key, answer in answers.items() if answer[0] != 401} == set()
    assert len(set(answers.values())) == 1


async def test_every_operation_is_secured_or_public_on_purpose(sqlite_world: World) -> None:
    every = operations(sqlite_world.clinic.app.app)
    assert {each.name for each in every if not each.secured} == PUBLIC
    routes = {each.path_format for each in sqlite_world.clinic.app.app.routes if isinstance(each, HTTPRoute)}
    assert routes - {each.path for each in every} == UNDOCUMENTED


async def test_the_matrix_finds_a_lost_care_check(world: World) -> None:
    async def find_any(session: AsyncSession, _access: Any, client: UUID) -> ClientRow | None:
        return await session.scalar(select(ClientRow).where(ClientRow.id == client))

    about_clients = {each.name for each in secured(world) if any(slot.name == "client_id" for slot in each.slots)}
    world.forget()
    with patch.object(accounts, "find_client", find_any):
        found = {each.partition(" ")[0] for each in await leaks(world, ["theo"])}
    world.forget()
    assert found >= about_clients


async def test_the_matrix_finds_a_lost_organisation(sqlite_world: World) -> None:
    async def find_any_set(session: AsyncSession, _access: Any, key: UUID, _version: int | None) -> Any:
        return await session.scalar(select(PracticeSetRow).where(PracticeSetRow.id == key))

    async def lock_any(session: AsyncSession, _access: Any, _client: UUID, key: UUID) -> SessionRow | None:
        return await session.scalar(select(SessionRow).where(SessionRow.id == key))

    sqlite_world.forget()
    with patch.object(care, "find_set", find_any_set), patch.object(care, "lock_session", lock_any):
        found = {each.partition(" ")[0] for each in await leaks(sqlite_world, ["theo"])}
    sqlite_world.forget()
    assert found >= {"readPracticeSet", "changeSession"}


async def test_an_item_of_a_batch_cannot_tell_whose_facts_there_are(world: World) -> None:
    for caller, place in CLIENTS.items():
        for other, elsewhere in CLIENTS.items():
            ids = [str(world.rows[elsewhere, True, "completions"]), await occurrence(world, other)]
            hidden = await push(world, caller, *ids)
            nothing = await push(world, caller, str(uuid4()), str(uuid4()))
            assert (hidden == nothing) is (place != elsewhere), f"{caller} {other}"


async def occurrence(world: World, client: str) -> str:
    _, text, _ = await world.send(client, method="GET", url="/v1/me/agenda")
    return str(json.loads(text)["occurrences"][0]["id"])


async def push(world: World, client: str, fact: str, planned: str) -> Said:
    """Take a fact back, write another over it, and answer a planned occurrence, in one outbox."""
    over = {**completion(NOON, seconds=100), "id": fact}
    answers = completion(NOON, occurrence_id=planned)
    items = [{"id": fact, "op": "void", "type": "completion"}, over, answers]
    status, text, headers = await world.send(
        client, method="POST", url="/v1/me/outbox", json={"schema": 1, "items": items}, hide=(fact, answers["id"])
    )
    told = json.loads(text)
    return status, json.dumps(told["results"]), headers[:0]


async def test_another_clients_facts_cannot_be_touched_by_their_ids(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = completion(NOON)
    await mara.push(hers)
    await ana.push({"op": "void", "type": "completion", "id": hers["id"]})
    await ana.push({**hers, "body": {**hers["body"], "seconds": 100}})
    (again,) = await mara.push(hers)
    assert again["status"] == "duplicate"
    assert (await mara.get("/v1/me/streak"))["today_state"] == "practised"


async def test_no_list_and_no_page_of_one_names_what_may_not_be_seen(world: World) -> None:
    paged = set()
    for operation in secured(world):
        for caller in [each for each in ROLES if ROLES[each] in operation.roles and not operation.slots]:
            for query in ({}, *({name: value} for name in operation.cursors for value in (1, 5, 1000))):
                paged |= {operation.name} if query else set()
                given = operation.request(())
                given["params"] |= query
                _, text, _ = await world.send(caller, **given)
                assert not [each for each in hidden_from(world, caller) if each in text], f"{operation.name} {caller}"
    assert paged


def hidden_from(world: World, caller: str) -> set[str]:
    """Return ids that a caller must never be told: of another clinic, and of clients whom they do not care for."""
    own = {**CLIENTS, **THERAPISTS, **SUPPORT}.get(caller)
    there = ("own", "same clinic") if caller in ELSEWHERE else ("elsewhere",)
    others = {each for each in CLIENTS.values() if own and each != own}
    tables = {"clients", "devices", "sessions", "completions", "consents", "support_persons"}
    return {
        str(row)
        for (place, _, table), row in world.rows.items()
        if place in there or (place in others and table in tables)
    }
