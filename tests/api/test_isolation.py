from collections.abc import Iterable
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from support.clinic import NOON, Clinic, Person, completion, told
from support.matrix import CARES, Operation, World, build_world, combinations, may_see, operations

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.care import repository as care
from server.care.models import PracticeSetRow, SessionRow

# What needs no sign-in, each for a reason: health for machines, the ways in, and the catalogue with its sound.
PUBLIC = {
    "getHealth",
    "getReadiness",
    "signIn",
    "pairPhone",
    "refreshTokens",
    "listExercises",
    "readExercise",
    "readAudio",
    "readCaptions",
    "readCues",
}
# What is not in the document; none of it knows people's data.
UNDOCUMENTED = {"/metrics", "/openapi.json", "/docs"}
# What a client and a member of staff may both do.
SHARED = {"signOut"}
# A request may still be refused for what it says, but not for whom it is about.
SEEN = {200, 201, 204, 400, 409, 412, 428}


def secured(world: World) -> list[Operation]:
    return [each for each in operations(world.clinic.app.app) if each.secured]


async def leaks(world: World, callers: Iterable[str] = CARES) -> list[str]:
    """Return what callers can tell about ids that they may not see, by operation, caller and places."""
    return [
        f"{operation.name} {caller} {places}"
        for operation in secured(world)
        for caller in callers
        for places in combinations(operation)
        if await leaks_by(world, operation, caller, places)
    ]


async def leaks_by(world: World, operation: Operation, caller: str, places: tuple[str, ...]) -> bool:
    """Whether a request with hidden ids is answered in any other way than with ids of nothing in their stead."""
    blind = tuple(
        place if may_see(caller, name, place) else "random" for name, place in zip(operation.ids, places, strict=True)
    )
    return places != blind and await world.ask(operation, caller, places) != await world.ask(operation, caller, blind)


async def test_what_may_not_be_seen_is_not_there(clinic: Clinic) -> None:
    world = await build_world(clinic)
    assert await leaks(world) == []


async def test_what_may_be_seen_is_there(clinic: Clinic) -> None:
    world = await build_world(clinic)
    for operation in secured(world):
        for caller, place in CARES.items() if operation.ids else ():
            if (await world.ask(operation, caller, ("random",) * len(operation.ids)))[0] != 403:
                status = (await world.ask(operation, caller, (place,) * len(operation.ids)))[0]
                assert status in SEEN, f"{operation.name} {caller}"
                assert status != 400, f"{operation.name}: teach the matrix to write a body that fits"


async def test_the_wrong_role_is_refused_whatever_the_id(clinic: Clinic) -> None:
    world = await build_world(clinic)
    by_role: dict[str, list[bool]] = {}
    for operation in secured(world):
        answers = {
            caller: {await world.ask(operation, caller, places) for places in combinations(operation)}
            for caller in ("ana", "theo")
            if operation.name not in SHARED
        }
        for caller, each in answers.items():
            refused = {answer[0] for answer in each} == {403}
            assert not refused or len(each) == 1, f"{operation.name} {caller} answers by id"
            by_role.setdefault(operation.name, []).append(refused)
    assert {name: each for name, each in by_role.items() if sorted(each) != [False, True]} == {}


async def test_nobody_gets_anywhere_without_a_sign_in(clinic: Clinic) -> None:
    world = await build_world(clinic)
    answers = {
        (operation.name, caller, places): await world.ask(operation, caller, places)
        for operation in secured(world)
        for caller in ("anonymous", "replaced")
        for places in combinations(operation)
    }
    assert {key for key, answer in answers.items() if answer[0] != 401} == set()
    assert len(set(answers.values())) == 1


async def test_every_operation_is_secured_or_public_on_purpose(clinic: Clinic) -> None:
    every = operations(clinic.app.app)
    assert {each.name for each in every if not each.secured} == PUBLIC
    routes = {each.path_format for each in clinic.app.app.routes if isinstance(each, HTTPRoute)}
    assert routes - {each.path for each in every} == UNDOCUMENTED


async def test_the_matrix_finds_a_lost_care_check(clinic: Clinic) -> None:
    async def find_any(session: AsyncSession, _access: Any, client: UUID) -> ClientRow | None:
        return await session.scalar(select(ClientRow).where(ClientRow.id == client))

    world = await build_world(clinic)
    about_clients = {each.name for each in secured(world) if "client_id" in each.ids}
    with patch.object(accounts, "find_client", find_any):
        found = {each.partition(" ")[0] for each in await leaks(world, ["theo"])}
    assert found >= about_clients


async def test_the_matrix_finds_a_lost_organisation(clinic: Clinic) -> None:
    async def find_any_set(session: AsyncSession, _access: Any, key: UUID, _version: int | None) -> Any:
        return await session.scalar(select(PracticeSetRow).where(PracticeSetRow.id == key))

    async def lock_any(session: AsyncSession, _access: Any, _client: UUID, key: UUID) -> SessionRow | None:
        return await session.scalar(select(SessionRow).where(SessionRow.id == key))

    world = await build_world(clinic)
    with patch.object(care, "find_set", find_any_set), patch.object(care, "lock_session", lock_any):
        found = {each.partition(" ")[0] for each in await leaks(world, ["theo"])}
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
