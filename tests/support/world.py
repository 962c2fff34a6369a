"""Two clinics and whoever may be in them, with a row of every kind for each client: what the matrix asks about.

Nothing that is asked is kept: the application rolls back where it would commit, so every request finds the same world.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import update
from support.clinic import NOON, Clinic, Person, completion, open_clinic
from support.matrix import CLIENTS, SUPPORT, Operation, table_of, tables_named
from support.own_voice import record
from support.rows import Home, rows_of

from server.accounts.models import DeviceRow, MemberRow
from server.accounts.tokens import Token, read_token
from server.auth import passwords
from server.auth.models import SignInRow
from server.db.base import Row
from server.db.unit import unit_of_work

Said = tuple[int, str, tuple[tuple[str, str], ...]]
MINUTE = timedelta(minutes=1)


class World:
    """`tokens` are the callers' access tokens, `rows` the id of a row for each place, sort of caller and table."""

    def __init__(self, clinic: Clinic, tokens: dict[str, str], rows: dict[tuple[str, bool, str], UUID]) -> None:
        self.clinic = clinic
        self.tokens = tokens
        self.rows = rows
        self._asked: dict[tuple[str, str, tuple[str, ...]], Said] = {}

    async def ask(self, operation: Operation, caller: str, places: tuple[str, ...]) -> Said:
        """Send a request with ids from these places, once: asked again, the answer would be the same."""
        key = (operation.name, caller, places)
        if key not in self._asked:
            self._asked[key] = await self._ask(operation, caller, places)
        return self._asked[key]

    async def _ask(self, operation: Operation, caller: str, places: tuple[str, ...]) -> Said:
        slots = zip(operation.slots, places, strict=True)
        ids = tuple(self.row(place, caller, table_of(slot.name).name) for slot, place in slots)
        return await self.send(caller, **operation.request(ids), hide=tuple(filter(None, ids)))

    async def send(self, caller: str, *, hide: tuple[str, ...] = (), **request: Any) -> Said:
        """Send a request and return its answer, without the ids that the caller has named."""
        headers = {"If-Match": "*", "X-Request-Id": "0" * 32, **request.pop("headers", {})}
        if caller in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[caller]}"
        answer = await self.clinic.http.request(**request, headers=headers)
        text = answer.text
        for each in hide:
            text = text.replace(each, "…")
        return answer.status_code, text, tuple(sorted(answer.headers.items()))

    def row(self, place: str, caller: str, table: str) -> str | None:
        """Return the id of a row; what belongs to whoever signs in is a client's or a member's."""
        if place == "absent":
            return None
        of_client = caller in CLIENTS or caller in SUPPORT
        return str(uuid4() if place == "random" else self.rows[place, of_client, table])

    def forget(self) -> None:
        """Ask everything anew: the application is another one now."""
        self._asked.clear()


@asynccontextmanager
async def open_world(database: str, folder: Path) -> AsyncIterator[World]:
    """Build the world on a migrated, empty database."""
    real = {name: getattr(passwords, name) for name in ("_hasher", "NOBODY")}
    async with open_clinic(database, folder) as clinic:
        world = await build_world(clinic)
        # A world lasts longer than the tests that need cheap passwords.
        with patch.multiple(passwords, **real):
            yield world


async def build_world(clinic: Clinic) -> World:
    here, there = await clinic.found("clinic"), await clinic.found("elsewhere")
    theo, kim, nils = [await _member(clinic, *who) for who in (("theo", here), ("kim", here), ("nils", there))]
    ada, olga = [await _member(clinic, *who, "admin") for who in (("ada", here), ("olga", there))]
    ana, mara, lena = [await clinic.phone(each, "A name") for each in (theo, kim, nils)]
    homes = [
        Home(organisation=where, therapist=therapist, phone=phone)
        for where, therapist, phone in ((here, theo, ana), (here, kim, mara), (there, nils, lena))
    ]
    sam, *_ = [await _furnish(clinic, home) for home in homes]
    people = {
        "sam": sam,
        "theo": theo,
        "kim": kim,
        "nils": nils,
        "ana": ana,
        "mara": mara,
        "lena": lena,
        "ada": ada,
        "olga": olga,
    }
    strangers = await _strangers(clinic, here, theo)
    tokens = {name: person.tokens["access_token"] for name, person in people.items()}
    async with unit_of_work(clinic.sessions, writes=True) as session:
        # Whatever needs a proof of who they are is asked by people who have just given it.
        await session.execute(update(SignInRow).values(stepped_up_at=clinic.clock.now()))
        tables = tables_named(clinic.app.app) | {Row.metadata.tables["completions"]}
        rows = await rows_of(session, clinic.keys, tables, homes)
    keep_nothing(clinic)
    return World(clinic, tokens | strangers, rows)


def keep_nothing(clinic: Clinic) -> None:
    """Let the application roll back where it would commit; it does not notice."""
    dialect = clinic.app.app.state.sessions.engine.sync_engine.dialect
    dialect.do_commit = dialect.do_rollback
    clinic.app.app.state.sessions.links.ending = "ROLLBACK"
    # Nor are files moved for a removal that is not kept.
    clinic.app.app.state.recordings.set_aside = lambda *_: None


async def _member(clinic: Clinic, name: str, organisation: UUID, role: Any = "therapist") -> Person:
    handle = "clinic" if name in ("theo", "kim", "ada", "gone") else "elsewhere"
    return await clinic.member(organisation, f"{name}@clinic.example", handle, role)


async def _furnish(clinic: Clinic, home: Home) -> Person:
    """Make rows as people make them, so that whoever may see them finds them whole; return who supports the client."""
    path = f"/v1/clients/{home.phone.id}"
    dosing = {"kind": "dosing", "starts_at": (NOON - timedelta(days=1)).isoformat(), "status": "held"}
    await home.therapist.post(f"{path}/sessions", dosing)
    made = await home.therapist.post("/v1/practice-sets", {"title": "Set", "items": [{"exercise": "soft-landing"}]})
    await home.therapist.post(f"{path}/assignments", {"practice_set_id": made["id"]})
    await home.phone.push(completion(NOON))
    await home.phone.post("/v1/me/pauses", {"from": NOON.date().isoformat()})
    await record(clinic, home.therapist, publish=True)
    supporter = await home.phone.post("/v1/me/support-persons", {"name": "A name", "scopes": ["streak"]})
    named = f"/v1/me/support-persons/{supporter['support_person']['id']}"
    code = (await home.phone.post(f"{named}/pairing-codes"))["code"]
    body = {"code": code, "zone": "Europe/Berlin", "organisation": home.therapist.handle}
    answer = await clinic.http.post("/v1/auth/pair", json=body)
    assert answer.status_code == 201, answer.text
    return Person(clinic.http, answer.json(), ("/v1/auth/refresh", {}))


async def _strangers(clinic: Clinic, here: UUID, theo: Person) -> dict[str, str]:
    """Return the tokens of sign-ins that are over, each in its own way."""
    old = theo.tokens
    theo.tokens = (await clinic.http.post("/v1/auth/refresh", json=old)).json()
    late, out, gone = [await _again(theo), await _again(theo), await _member(clinic, "gone", here)]
    phone = await clinic.phone(theo, "A name")
    await clinic.http.post("/v1/auth/sign-out", headers={"Authorization": f"Bearer {out.tokens['access_token']}"})
    now = clinic.clock.now()
    async with unit_of_work(clinic.sessions, writes=True) as session:
        expired = SignInRow.id == _sign_in(late)
        await session.execute(update(SignInRow).where(expired).values(access_expires_at=now - MINUTE))
        await session.execute(update(DeviceRow).where(DeviceRow.client_id == UUID(phone.id)).values(ended_at=now))
        await session.execute(update(MemberRow).where(MemberRow.id == UUID(gone.id)).values(ended_at=now))
    forged = Token(organisation=here, sign_in=_sign_in(theo), secret=bytes(32)).text("gwa")
    over = {"replaced": old, "expired": late.tokens, "signed out": out.tokens}
    over |= {"ended phone": phone.tokens, "ended member": gone.tokens}
    return {"forged": forged, **{name: tokens["access_token"] for name, tokens in over.items()}}


async def _again(person: Person) -> Person:
    again = Person(person.http, person.tokens, person._sign_in)  # noqa: SLF001 - the same person on another machine
    await again.sign_in_again()
    return again


def _sign_in(person: Person) -> UUID:
    token = read_token(person.tokens["access_token"], "gwa")
    assert token
    return token.sign_in
