"""People with names: `theo` a therapist, `ana` and `mara` his clients' phones, `nils` a therapist of another clinic."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx
from argon2 import PasswordHasher
from support.engines import open_engine
from support.postgres import SUPERUSER, as_role

from server.accounts.members import add_member
from server.accounts.models import OrganisationRow
from server.accounts.schemas import MemberRole
from server.app import create_app
from server.auth import passwords
from server.auth.credentials import set_password
from server.auth.oidc.providers import Providers
from server.care.recordings.files import RecordingFiles
from server.db.engine import Sessions
from server.db.states import Marker
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.ids import new_id
from server.privacy.ledger import Ledger
from server.settings import Settings, read_settings
from server.settings import database_url as url_of
from server.vault.keyfile import new_key_list, written
from server.vault.keys import LocalKeys, read_keys
from server.vault.service import Vault
from server.web.edge import Edge

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
KEYS = written(new_key_list())
CONTENT = Path(__file__).parents[2] / "content"


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Person:
    """Somebody who is signed in, and who signs in again when the day has moved on: `sign_in` is how."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, Any], sign_in: tuple[str, dict[str, Any]]) -> None:
        self.http = http
        self.tokens = tokens
        self.id: str = tokens["subject_id"]
        self._sign_in = sign_in

    def at(self, http: httpx.AsyncClient) -> "Person":
        """Return the same person as they ask another application."""
        return Person(http, self.tokens, self._sign_in)

    @property
    def handle(self) -> str | None:
        """The clinic's handle, if they sign in by it."""
        return self._sign_in[1].get("organisation")

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        own = given.pop("headers", {})
        answer = await self._send(method, path, own, given)
        if answer.status_code == 401:
            await self.sign_in_again()
            answer = await self._send(method, path, own, given)
        return answer

    async def _send(self, method: str, path: str, own: dict[str, str], given: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **own}
        return await self.http.request(method, path, headers=headers, **given)

    async def sign_in_again(self) -> None:
        path, body = self._sign_in
        fresh = {"refresh_token": self.tokens["refresh_token"]} if path.endswith("refresh") else body
        answer = await self.http.post(path, json=fresh)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()

    async def get(self, path: str, **given: Any) -> Any:
        answer = await self.ask("GET", path, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, json: Any = None, **given: Any) -> Any:
        answer = await self.ask("POST", path, json=json, **given)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def push(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.post("/v1/me/outbox", {"schema": 1, "items": list(items)})
        return list(answer["results"])


class Waiting:
    """People who were let in before, for tests to take (`support/lasting.py`).

    Each therapist has a clinic of their own; those in `caring` have a client, whose phone is in `phones` by their id.
    """

    def __init__(self) -> None:
        self.alone: list[Person] = []
        self.caring: list[Person] = []
        self.phones: dict[str, Person] = {}

    def at(self, http: httpx.AsyncClient) -> "Waiting":
        """Return the same people as they ask another application, on a copy of their database."""
        here = Waiting()
        here.alone = [each.at(http) for each in self.alone]
        here.caring = [each.at(http) for each in self.caring]
        here.phones = {key: each.at(http) for key, each in self.phones.items()}
        return here


class Clinic:
    """A running application on one database, a clock to move, and ways to let people in."""

    def __init__(
        self, http: httpx.AsyncClient, app: Edge, sessions: Sessions, clock: HandClock, settings: Settings
    ) -> None:
        self.http = http
        self.app = app
        self.sessions = sessions
        self.clock = clock
        self.settings = settings
        self.keys: LocalKeys = read_keys(settings)
        self.waiting = Waiting()

    async def found(self, handle: str = "clinic") -> UUID:
        """Found a clinic; more than one in a file of SQLite too, which `add_organisation` would refuse."""
        now = self.clock.now()
        row = OrganisationRow(
            id=new_id(), handle=handle, name=handle.title(), demo=False, needs_second_factor=False, created_at=now
        )
        async with unit_of_work(self.sessions, writes=True) as session:
            session.add(row)
            await session.flush()
            await Vault(session, self.keys).add(row.id, row.id, now)
        return row.id

    async def member(
        self, clinic: UUID, email: str, handle: str | None = None, role: MemberRole = "therapist"
    ) -> Person:
        async with unit_of_work(self.sessions, writes=True) as session:
            await enter(session, clinic)
            member = await add_member(session, self.keys, clinic, role, email, email, self.clock.now())
            await set_password(session, clinic, member, PASSWORD, self.clock.now())
        body = {"email": email, "password": PASSWORD, **({"organisation": handle} if handle else {})}
        answer = await self.http.post("/v1/auth/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        return Person(self.http, answer.json(), ("/v1/auth/sign-in", body))

    async def phone(
        self, therapist: Person, name: str, zone: str = "Europe/Berlin", handle: str | None = None
    ) -> Person:
        client = await therapist.post("/v1/clients", {"name": name, "zone": zone})
        return await self.pair(therapist, client["id"], zone, handle)

    async def pair(
        self, therapist: Person, client: str, zone: str = "Europe/Berlin", handle: str | None = None
    ) -> Person:
        code = (await therapist.post(f"/v1/clients/{client}/pairing-codes"))["code"]
        handle = handle or therapist.handle
        body = {"code": code, "zone": zone, **({"organisation": handle} if handle else {})}
        answer = await self.http.post("/v1/auth/pair", json=body)
        assert answer.status_code == 201, answer.text
        return Person(self.http, answer.json(), ("/v1/auth/refresh", {}))


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return an answer's status and body, without the id that every request has of its own."""
    return answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")


def completion(started_at: datetime, **body: Any) -> dict[str, Any]:
    """Return a put of a whole practice."""
    whole = {
        "exercise": "here-in-this-room",
        "exercise_version": 1,
        "started_at": started_at.isoformat(),
        "zone": "Europe/Berlin",
        "outcome": "completed",
        "seconds": 240,
        "target_seconds": 240,
    }
    return {"id": str(uuid4()), "op": "put", "type": "completion", "body": {**whole, **body}}


def check_in(moment: datetime, **body: Any) -> dict[str, Any]:
    """Return a put of a check-in."""
    whole = {"at": moment.isoformat(), "zone": "Europe/Berlin"}
    return {"id": str(uuid4()), "op": "put", "type": "check_in", "body": {**whole, **body}}


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap_passwords() -> AbstractContextManager[Any]:
    """Hash for tests in no time; that real hashes are costly is tested where they are made."""
    return patch.multiple(passwords, _hasher=CHEAP, NOBODY=CHEAP.hash("thrown away"))


def settings_of(database_url: str, folder: Path, **environ: str) -> Settings:
    return read_settings(
        {
            "GROUNDWORK_DATABASE_URL": database_url,
            "GROUNDWORK_DATA": str(folder),
            "GROUNDWORK_CONTENT": str(CONTENT),
            "GROUNDWORK_KEYS": KEYS,
            **environ,
        }
    )


def moved(app: Edge, settings: Settings, clock: HandClock) -> Edge:
    """Give an application another database, keys, clock and ledger: it keeps nothing of the ones before."""
    app.app.state.update(
        sessions=Sessions(open_engine(settings.database_url)),
        clock=clock,
        keyring=read_keys(settings),
        ledger=Ledger(settings.erasures),
        marker=Marker(settings.served_state),
        providers=Providers(),
        recordings=RecordingFiles(settings.recordings),
    )
    return app


@asynccontextmanager
async def open_clinic(
    database_url: str, folder: Path, *, app: Edge | None = None, **environ: str
) -> AsyncIterator[Clinic]:
    """Serve the real application (a new one, or `app`) on a migrated database; `environ` are more settings."""
    settings, clock = settings_of(database_url, folder, **environ), HandClock()
    app = moved(app, settings, clock) if app else create_app(settings, clock=clock)
    # The tests' own reads and writes are the superuser's, whom no policy binds.
    sessions = Sessions(open_engine(url_of(as_role(database_url, SUPERUSER))))
    transport = httpx.ASGITransport(app=app)
    with cheap_passwords():
        async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as http:
            yield Clinic(http, app, sessions, clock, settings)
    await sessions.engine.dispose()
    await app.app.state.sessions.close()
