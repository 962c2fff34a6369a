"""A sealed text is bound to its place: moved, exchanged or changed, it is never read (`promises.md` P20)."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec import Struct
from sqlalchemy import Table, and_, select, update
from support.authenticator import Authenticator
from support.canaries import canary
from support.clinic import PASSWORD, Clinic, Person
from support.living import live
from support.signing import enrol

from server.db.base import Row, SealedText
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.sealed import Sealed
from server.vault.models import DataKeyRow
from server.vault.sealing import Place, SealBroken
from server.vault.service import Vault

# Filled by commands and by a provider that these tests have none of; their places are like all others.
NOT_FILLED = {"oidc_providers.client_secret"}


class Cell(Struct, frozen=True, kw_only=True):
    """A sealed text, where it stands, and the row it is in."""

    table: str
    place: Place
    key: dict[str, Any]
    sealed: bytes


async def cells(clinic: Clinic) -> list[Cell]:
    """Return every sealed text of a database, whatever table it is in."""
    found = []
    async with unit_of_work(clinic.sessions, writes=False) as session:
        for table in Row.metadata.sorted_tables:
            columns = [column.name for column in table.columns if isinstance(column.type, SealedText)]
            for row in (await session.execute(select(table))).mappings() if columns else ():
                key = {column.name: row[column.name] for column in table.primary_key}
                for column in columns:
                    if row[column] is not None:
                        place = _place(table, column, dict(row))
                        found.append(Cell(table=table.name, place=place, key=key, sealed=row[column]))
    return found


def _place(table: Table, column: str, row: dict[str, Any]) -> Place:
    organisation: UUID = row["organisation_id"]
    owner = row["id"] if table.name == "clients" else row.get("client_id", organisation)
    return Place(
        table=table.name,
        column=column,
        organisation=organisation,
        owner=owner if isinstance(owner, UUID) else organisation,
        row=_row_of(table, row),
    )


def _row_of(table: Table, row: dict[str, Any]) -> UUID:
    """Return the id a text is bound to: of a practice set, one for each version."""
    key: UUID = row.get("id", row.get("member_id", row["organisation_id"]))
    return uuid5(key, str(row["version"])) if table.name == "practice_sets" else key


async def two_clinics(clinic: Clinic) -> tuple[Person, Person, dict[str, str]]:
    """Fill two clinics, with two clients in the first; return a therapist, his client, and her texts."""
    texts = {name: canary() for name in ("title", "note", "supporter", "shown")}
    first = None
    for handle in ("here", "there"):
        organisation = await clinic.found(handle)
        theo = await clinic.member(organisation, f"theo@{handle}.example", handle)
        ada = await clinic.member(organisation, f"ada@{handle}.example", handle, "admin")
        await ada.post("/v1/auth/step-up", {"password": PASSWORD})
        invited = {"email": f"new@{handle}.example", "name": canary(), "role": "therapist"}
        await ada.post("/v1/invitations", invited)
        line = {"country": "ES", "name": canary(), "call": "600 000 000"}
        assert (await ada.ask("PUT", "/v1/organisation/crisis-line", json=line)).status_code == 200
        for name in ("ana", "mara") if handle == "here" else ("lena",):
            phone = await clinic.phone(theo, texts.setdefault(name, canary()), handle=handle)
            own = texts if name == "ana" else {}
            await live(theo, phone, **({each: canary() for each in ("title", "note", "supporter", "shown")} | own))
            first = first or (theo, phone)
        credential = Authenticator().create(await ada.post("/v1/account/passkeys/options"))
        await ada.post("/v1/account/passkeys", {"label": canary(), "credential": credential})
        await enrol(clinic, ada.tokens)
    assert first
    return (*first, texts)


@pytest.fixture
async def house(clinic: Clinic) -> tuple[Person, Person, dict[str, str]]:
    return await two_clinics(clinic)


@pytest.mark.usefixtures("house")
async def test_a_sealed_text_opens_where_it_stands_and_in_no_other_place(clinic: Clinic) -> None:
    sealed = await cells(clinic)
    columns = {f"{each.place.table}.{each.place.column}" for each in sealed}
    every = {
        f"{table.name}.{column.name}"
        for table in Row.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedText)
    }
    assert columns == every - NOT_FILLED
    accepted, tried = [], 0
    async with unit_of_work(clinic.sessions, writes=False) as session:
        vaults = {
            organisation: Vault(session, clinic.keys) for organisation in {each.place.organisation for each in sealed}
        }
        keys = {}
        for each in sealed:
            await enter(session, each.place.organisation)
            key = await vaults[each.place.organisation].key(each.place.organisation, each.place.owner)
            keys[each.place] = key
            # The control: in its own place it opens.
            assert isinstance(key.open(each.place, Sealed(each.sealed)), str)
        for moved, target in permutations(sealed, 2):
            tried += 1
            try:
                keys[target.place].open(target.place, Sealed(moved.sealed))
            except SealBroken:
                continue
            accepted.append((moved.place, target.place))
    assert accepted == []
    assert tried > 2000


async def put(clinic: Clinic, cell: Cell, sealed: bytes) -> None:
    table = Row.metadata.tables[cell.table]
    mine = and_(*(table.c[name] == value for name, value in cell.key.items()))
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(table).where(mine).values({cell.place.column: sealed}))


def readers(theo: Person, ana: Person) -> dict[str, tuple[Person, str]]:
    """Return who is told a column of Ana's, and where."""
    return {
        "clients.name": (theo, f"/v1/clients/{ana.id}"),
        "clients.left_out": (ana, "/v1/me"),
        "client_flags.screening": (ana, "/v1/me/flags"),
        "check_ins.mood_word": (ana, "/v1/me/check-ins"),
        "reminders.own_words": (ana, "/v1/me/reminders"),
        "completions.note": (theo, f"/v1/clients/{ana.id}/report"),
        "support_persons.name": (ana, "/v1/me/support-persons"),
        "support_persons.shown_name": (ana, "/v1/me/support-persons"),
        "assignments.note": (theo, f"/v1/clients/{ana.id}/assignments"),
        "practice_sets.title": (theo, f"/v1/clients/{ana.id}/assignments"),
    }


async def test_over_the_api_a_moved_or_changed_text_is_an_error_that_tells_nothing(
    clinic: Clinic, house: tuple[Person, Person, dict[str, str]]
) -> None:
    theo, ana, texts = house
    sealed = await cells(clinic)
    asked = readers(theo, ana)
    hers = await targets(clinic, sealed, UUID(ana.id))
    assert {f"{each.place.table}.{each.place.column}" for each in hers} == set(asked)
    for target in hers:
        person, path = asked[f"{target.place.table}.{target.place.column}"]
        assert (await person.ask("GET", path)).status_code == 200
        others = [each.sealed for each in sealed if each.place != target.place][::3]
        for wrong in (*others, *flipped(target.sealed), b"", b"\0", target.sealed[:-1]):
            await put(clinic, target, wrong)
            answer = await person.ask("GET", path)
            assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
            assert [each for each in texts.values() if each in answer.text] == []
        await put(clinic, target, target.sealed)
        assert (await person.ask("GET", path)).status_code == 200


async def targets(clinic: Clinic, sealed: list[Cell], ana: UUID) -> list[Cell]:
    """Return one cell of each column that Ana's therapist or phone is told."""
    assigned = Row.metadata.tables["assignments"]
    async with unit_of_work(clinic.sessions, writes=False) as session:
        practice_set = await session.scalar(select(assigned.c.set_id).where(assigned.c.client_id == ana))
    hers = [each for each in sealed if each.place.owner == ana or each.key.get("id") == practice_set]
    return list({(each.place.table, each.place.column): each for each in hers}.values())


def flipped(sealed: bytes) -> list[bytes]:
    """Return a sealed text with one bit changed in its format, version, nonce, body and tag."""
    places = (0, 1, 4, 5, 16, 17, len(sealed) // 2, len(sealed) - 16, len(sealed) - 1)
    return [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in places]


async def test_a_wrapped_key_that_was_moved_or_changed_opens_nothing(
    clinic: Clinic, house: tuple[Person, Person, dict[str, str]]
) -> None:
    theo, ana, _ = house
    async with unit_of_work(clinic.sessions, writes=False) as session:
        keys = {row.owner_id: row.wrapped for row in await session.scalars(select(DataKeyRow))}
    own = keys.pop(UUID(ana.id))
    path = f"/v1/clients/{ana.id}"
    for wrong in (*keys.values(), *flipped(own), b"", own[:-1]):
        await wrap(clinic, UUID(ana.id), wrong)
        answer = await theo.ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    await wrap(clinic, UUID(ana.id), own)
    assert (await theo.ask("GET", path)).status_code == 200


async def wrap(clinic: Clinic, owner: UUID, wrapped: bytes) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await session.execute(update(DataKeyRow).where(DataKeyRow.owner_id == owner).values(wrapped=wrapped))
