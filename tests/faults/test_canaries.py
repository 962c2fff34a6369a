"""Nothing personal and no secret leaves its place, whatever goes wrong (`promises.md` P19)."""

import logging
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import structlog
from sqlalchemy import text
from support.authenticator import Authenticator
from support.canaries import FIELDS, canary, database_holds, fields_of, found_in, keys_of_the_server, secrets_in
from support.clinic import NOON, PASSWORD, Clinic, Person, completion, open_clinic
from support.living import live, prove, take_along
from support.matrix import Operation, operations
from support.server import serving
from support.signing import enrol
from support.web import Log, logged

from server.db.unit import unit_of_work
from server.web.openapi import document

ADA, NEW = "ada@clinic.example", "a new password "


class Aviary:
    """What was planted, what was handed out, and what the server said meanwhile."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.personal: dict[str, str] = {}
        self.secrets: list[str] = keys_of_the_server()
        self.words: list[str] = []
        self.told = ""
        self.failures: dict[int, int] = {}

    def plant(self, field: str) -> str:
        """Return a canary for a field that is personal."""
        assert FIELDS[field.partition(":")[0]] == "personal"
        return self.personal.setdefault(field, canary())

    def hear(self, answer: httpx.Response) -> httpx.Response:
        """Keep what must hold nothing: headers, and the body of whatever failed."""
        self.told += str(answer.headers.raw)
        if answer.is_error:
            self.told += answer.text
            self.failures[answer.status_code] = self.failures.get(answer.status_code, 0) + 1
        elif answer.headers.get("content-type", "").startswith("application/json"):
            self.secrets += [each for each in secrets_in(answer.json()) if len(each) > 9]
        return answer

    @property
    def everything(self) -> list[str]:
        return [*self.personal.values(), *self.secrets, *self.words]


def listening(aviary: Aviary) -> None:
    """Hear every answer that the clinic gives."""

    async def hear(answer: httpx.Response) -> None:
        await answer.aread()
        aviary.hear(answer)

    aviary.clinic.http.event_hooks["response"] = [hear]


async def settle(aviary: Aviary) -> dict[str, Person]:
    """Fill every personal field by what people do, with a canary in each; nothing fails."""
    clinic, plant = aviary.clinic, aviary.plant
    organisation = await clinic.found()
    ada = await clinic.member(organisation, ADA, role="admin")
    theo = await clinic.member(organisation, f"{plant('email:member')}@clinic.example")
    ana = await clinic.phone(theo, plant("name:client"))
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"name": plant("name:changed")})
    await live(
        theo,
        ana,
        title=plant("title"),
        note=plant("note"),
        plan_note=plant("note:plan"),
        supporter=plant("name:supporter"),
        shown=plant("shown_name"),
        own=plant("own_words"),
        reason=plant("reason"),
        # A word of twenty characters at most.
        mood=aviary.personal.setdefault("mood_word", canary()[:20]),
    )
    await ada.post("/v1/auth/step-up", {"password": PASSWORD})
    credential = Authenticator().create(await ada.post("/v1/account/passkeys/options"))
    await ada.post("/v1/account/passkeys", {"label": plant("label"), "credential": credential})
    invited = {"email": f"{plant('email')}@clinic.example", "name": plant("name:invited"), "role": "therapist"}
    await ada.post("/v1/invitations", invited)
    password = NEW + canary()
    aviary.secrets.append(password)
    changed = await ada.ask("PATCH", "/v1/account/password", json={"current": PASSWORD, "new": password})
    assert changed.status_code < 400, changed.text
    await take_along(ana)
    await enrol(clinic, theo.tokens)
    return {"admin": ada, "therapist": theo, "client": ana}


def birds(operation: Operation, bird: str) -> Iterator[dict[str, Any]]:
    """Yield requests that fail, with a canary in every place that takes a string."""
    plain = operation.request(tuple("00000000-0000-7000-8000-000000000001" for _ in operation.slots))
    path = "/".join(bird if "{" in part else part for part in operation.path.split("/"))
    yield {**plain, "url": path}
    yield {**plain, "params": dict.fromkeys((*operation.others["query"], "cursor", bird), bird)}
    yield {**plain, "headers": {"If-Match": bird, "Cookie": f"__Host-groundwork={bird}", "X-CSRF-Token": bird}}
    if operation.body is None:
        return
    needed = _filled(operation.body, bird)
    for body in (needed, {**needed, bird: bird}, {name: {bird: [bird]} for name in needed}, [bird], bird):
        yield {**plain, "json": body}
    for raw in (f'"{bird}', f'{{"{bird}": {bird}', f'{{"name": "{bird}\\u0000"}}', f'{{"note": "{bird}\\ud800"}}'):
        yield {**plain, "json": None, "content": raw, "headers": {"Content-Type": "application/json"}}


def _filled(body: Any, bird: str) -> Any:
    if isinstance(body, dict):
        return {name: _filled(each, bird) for name, each in body.items()}
    if isinstance(body, list):
        return [_filled(each, bird) for each in body]
    return bird if isinstance(body, str) else body


async def provoke(aviary: Aviary, people: dict[str, Person]) -> None:
    """Send every operation what it refuses, as everybody who may call it and as nobody; as others, its first."""
    bird = canary()
    aviary.words.append(bird)
    for operation in operations(aviary.clinic.app.app):
        if operation.name in ("signOut", "eraseMe"):
            continue
        callers = [people[role] for role in operation.roles if role in people]
        for number, request in enumerate(birds(operation, bird)):
            for person in (*(callers if number else people.values()), None):
                own = request.get("headers", {})
                bearer = {"Authorization": f"Bearer {person.tokens['access_token'] if person else bird}"}
                await aviary.clinic.http.request(**{**request, "headers": {**bearer, **own}})


def broken(name: str, error: Exception) -> Any:
    return patch(name, side_effect=error)


async def break_things(aviary: Aviary, people: dict[str, Person]) -> None:
    """Let handlers, the vault and the database fail while they hold what is personal."""
    theo, ana = people["therapist"], people["client"]
    bird = canary()
    aviary.words.append(bird)
    item = completion(NOON, note=aviary.plant("note"), exercise=bird)
    client = {"name": aviary.plant("name:client"), "zone": "Europe/Berlin"}

    async def all_fail(*statuses: int) -> None:
        answers = [
            await ana.ask("POST", "/v1/me/outbox", json={"items": [item]}),
            await theo.ask("POST", "/v1/clients", json=client),
        ]
        assert {each.status_code for each in answers} <= set(statuses), answers

    caused = RuntimeError(bird)
    caused.__cause__ = KeyError(bird)
    with broken("server.vault.service.Vault.key", caused), broken("server.vault.service.Vault.add", caused):
        await all_fail(500)
    with broken("server.db.unit._begin", caused):
        await all_fail(500)
    # The database's own words: PostgreSQL tells the whole row that it refuses.
    with patch("server.accounts.errand.Head.add", return_value=None):
        await ana.ask("POST", "/v1/me/outbox", json={"items": [item]})
    taken = (await ana.push(completion(NOON, note=bird)))[0]["version"]
    with patch("server.accounts.errand.Head.add", return_value=taken):
        again = completion(NOON, exercise=bird)
        assert (await ana.ask("POST", "/v1/me/outbox", json={"items": [again]})).status_code == 500
    with patch("server.accounts.service.new_id", return_value=ana.id):
        assert (await theo.ask("POST", "/v1/clients", json=client)).status_code == 500
    engine = aviary.clinic.app.app.state.sessions
    with pytest.raises(Exception, match=bird):
        async with unit_of_work(engine, writes=True) as session:
            await session.execute(text(f"SELECT {bird} FROM clients"))  # noqa: S608 - our own word
    logging.getLogger("a.library").warning("It said %s", bird, exc_info=caused)
    structlog.get_logger("groundwork").error("failed", exc_info=caused)
    await all_fail(200, 201)


async def sing(aviary: Aviary) -> None:
    """Do everything there is to do, right and wrong."""
    listening(aviary)
    people = await settle(aviary)
    await provoke(aviary, people)
    await break_things(aviary, people)
    await prove(people["client"])
    aviary.hear(await people["client"].ask("DELETE", "/v1/me"))
    aviary.told += (await aviary.clinic.http.get("/metrics")).text


@asynccontextmanager
async def aviary_of(database: str, folder: Path) -> AsyncIterator[tuple[Aviary, Log]]:
    with logged("debug") as log:
        async with open_clinic(database, folder) as clinic:
            yield Aviary(clinic), log


async def test_nothing_personal_and_no_secret_is_told_logged_or_stored_in_clear(database: str, tmp_path: Path) -> None:
    async with aviary_of(database, tmp_path) as (aviary, log):
        await sing(aviary)
        assert found_in(aviary.told, aviary.everything) == []
        assert found_in(log.getvalue(), aviary.everything) == []
        assert await database_holds(database, [*aviary.personal.values(), *aviary.secrets]) == []
        # It did happen: every personal field was filled, and everything failed in its way.
        personal = {field for field, kind in FIELDS.items() if kind == "personal"}
        assert {field.partition(":")[0] for field in aviary.personal} == personal
        assert {400, 401, 403, 404, 500} <= aviary.failures.keys()
        assert min(aviary.failures.values()) > 0
        assert len(aviary.secrets) > 20
        assert log.getvalue().count("\n") > 500


async def test_what_is_stored_or_logged_in_clear_would_be_found(database: str, tmp_path: Path) -> None:
    async with aviary_of(database, tmp_path) as (aviary, log):
        listening(aviary)
        await settle(aviary)
        note, secret = aviary.personal["note"], aviary.secrets[-1]
        structlog.get_logger("groundwork").info("kept", what=note)
        logging.getLogger("uvicorn.error").info("It was %s", secret)
        assert found_in(log.getvalue(), aviary.everything) == [note, secret]
        async with unit_of_work(aviary.clinic.sessions, writes=True) as session:
            await session.execute(text("UPDATE organisations SET name = :note"), {"note": note})
        assert set(await database_holds(database, aviary.personal.values())) == {note}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_every_string_that_the_api_takes_is_known_for_what_it_is(clinic: Clinic) -> None:
    told = document(clinic.app.app)
    taken = {
        name
        for methods in told["paths"].values()
        for operation in methods.values()
        for name in fields_of(told, operation)
    }
    assert taken - FIELDS.keys() == set(), "Say in tests/support/canaries.py what these are."
    assert FIELDS.keys() - taken == set()


def test_what_the_server_process_writes_holds_nothing_that_was_sent(tmp_path: Path, sqlite_template: Path) -> None:
    bird, log = canary(), tmp_path / "log"
    shutil.copyfile(sqlite_template, tmp_path / "groundwork.db")
    with log.open("wb") as out, serving(out=out, GROUNDWORK_DATA=str(tmp_path)) as url, httpx.Client() as http:
        for path in (f"/{bird}", f"/v1/clients/{bird}", f"/v1/exercises?q={bird}", f"/v1/audio/{bird}"):
            http.get(f"{url}{path}", headers={"Authorization": f"Bearer {bird}", "X-Request-Id": bird, bird: bird})
        http.post(f"{url}/v1/auth/sign-in", json={"email": f"{bird}@clinic.example", "password": bird})
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as raw:
            raw.sendall(f"{bird} /{bird} {bird}\r\n\r\n".encode())
            raw.recv(1000)
    said = log.read_text()
    assert "/v1/auth/sign-in" in said
    assert found_in(said, [bird]) == []
