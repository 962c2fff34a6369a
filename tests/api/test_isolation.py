"""Every operation x caller x place of an id, generated (`security.md`, Isolation 4; `promises.md` P12, P13)."""

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from support import worlds
from support.clinic import NOON, Clinic, Person, completion, told
from support.matrix import PLACES, ROLES, STRANGERS, Operation, combinations, may_see, operations
from support.world import World

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.care import repository as care
from server.care.models import PracticeSetRow, SessionRow

world, sqlite_world, postgres_world = worlds.world, worlds.sqlite_world, worlds.postgres_world
# What needs no sign-in, each for a reason: health for machines, the ways in, and the catalogue with its sound.
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
    "listExercises",
    "readExercise",
    "readAudio",
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
    for operation in secured(world):
        for caller in [each for each in ROLES if ROLES[each] in operation.roles and operation.slots]:
            places = tuple(visible(operation, caller))
            if len(places) == len(operation.slots):
                status, text, _ = await world.ask(operation, caller, places)
                if status not in SEEN:
                    wrong.append(f"{operation.name} {caller} {places} {status} {text}")
    assert wrong == [], "Teach the matrix to write a body that fits, or the world to furnish what is asked for."


def visible(operation: Operation, caller: str) -> Iterable[str]:
    """Yield a place for each id that the caller may see, where there is one."""
    for slot in operation.slots:
        yield from [each for each in PLACES[:3] if may_see(caller, operation, slot, each)][:1]


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


async def test_another_clients_facts_cannot_be_touched_by_their_ids(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = completion(NOON)
    await mara.push(hers)
    void = {"op": "void", "type": "completion"}
    results = await ana.push({**void, "id": hers["id"]}, {**void, "id": str(uuid4())})
    assert len({str({**each, "id": "", "version": ""}) for each in results}) == 1
    (stored,) = await ana.push({**hers, "body": {**hers["body"], "seconds": 100}})
    assert stored["status"] != "conflict"
    (again,) = await mara.push(hers)
    assert again["status"] == "duplicate"
    assert (await mara.get("/v1/me/streak"))["today_state"] == "practised"


async def test_an_interval_of_somebody_else_is_not_there(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    held = {"kind": "dosing", "starts_at": NOON.isoformat(), "status": "held"}
    session = await theo.post(f"/v1/clients/{mara.id}/sessions", held)
    assert await theo.get(f"/v1/clients/{mara.id}/report", params={"interval": session["id"]})
    path = f"/v1/clients/{ana.id}/report"
    hers = await theo.ask("GET", path, params={"interval": session["id"]})
    assert told(hers) == told(await theo.ask("GET", path, params={"interval": str(uuid4())}))
    assert hers.status_code == 404
