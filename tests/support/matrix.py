"""Every operation of the published document, as any caller, with anybody's ids: generated, so new routes are in it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import httpx
from msgspec import Struct
from sqlalchemy import Table, select
from support.clinic import NOON, Clinic, Person, completion

from server.db.base import Row
from server.db.unit import unit_of_work
from server.web.openapi import document

# What the ids of a request point at: `random` at nothing.
PLACES = ("own", "same clinic", "elsewhere", "random")
# Which of these a member of staff cares for, and which clinic they belong to.
CARES = {"theo": "own", "kim": "same clinic", "nils": "elsewhere"}
HOUSE = {"theo": ("own", "same clinic"), "kim": ("own", "same clinic"), "nils": ("elsewhere",)}

Said = tuple[int, str, tuple[tuple[str, str], ...]]


class Operation(Struct, frozen=True, kw_only=True):
    """`ids` are the names of the UUIDs in its path and its body."""

    name: str
    method: str
    path: str
    secured: bool
    ids: tuple[str, ...]
    others: dict[str, str]
    body: dict[str, Any] | None
    body_ids: tuple[str, ...]


def operations(app: Any) -> list[Operation]:
    told = document(app)
    return [
        _operation(told["components"]["schemas"], path, method, each)
        for path, methods in told["paths"].items()
        for method, each in methods.items()
    ]


def _operation(known: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> Operation:
    in_path = [each for each in told.get("parameters", []) if each["in"] == "path"]
    schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    fields = _resolved(known, schema).get("properties", {}) if schema else {}
    body_ids = tuple(name for name, field in fields.items() if field.get("format") == "uuid")
    path_ids = tuple(each["name"] for each in in_path if each["schema"].get("format") == "uuid")
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        secured=bool(told.get("security")),
        ids=path_ids + body_ids,
        others={each["name"]: sample(known, each["schema"]) for each in in_path if each["name"] not in path_ids},
        body=sample(known, schema) if schema else None,
        body_ids=body_ids,
    )


def _resolved(known: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return dict(known[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema


def sample(known: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return the least value that a schema allows, as good as can be guessed."""
    told = _resolved(known, schema)
    given = [sample(known, told[word][0]) for word in ("oneOf", "anyOf") if word in told]
    given += [told[word] for word in ("const", "default") if word in told]
    given += [each for word in ("enum", "examples") for each in told.get(word, ())]
    if given:
        return given[0]
    match told.get("type"):
        case "object":
            return {name: sample(known, told["properties"][name]) for name in told.get("required", ())}
        case "array":
            return [sample(known, told["items"])] * told.get("minItems", 0)
        case "integer" | "number":
            return told.get("minimum", 0)
        case "boolean":
            return False
        case _:
            forms = {"uuid": str(uuid4()), "date": "2026-06-01", "date-time": NOON.isoformat()}
            word = "a@b" if "@" in told.get("pattern", "") else "a"
            return forms.get(told.get("format", ""), word.ljust(told.get("minLength", 1), "a"))


class World:
    """Two clinics, three therapists with a client each, and a row of every kind for each client."""

    def __init__(self, clinic: Clinic, tokens: dict[str, str], ids: dict[str, dict[str, UUID]]) -> None:
        self.clinic = clinic
        self.tokens = tokens
        self.ids = ids

    async def ask(self, operation: Operation, caller: str, places: tuple[str, ...]) -> Said:
        """Send a request with ids from these places; return its answer without what differs in every answer."""
        ids = {
            name: str(self.ids[place][table_of(name).name] if place in self.ids else uuid4())
            for name, place in zip(operation.ids, places, strict=True)
        }
        body = None if operation.body is None else operation.body | {name: ids[name] for name in operation.body_ids}
        headers = {"If-Match": "*", "X-Request-Id": "0" * 32}
        if caller in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[caller]}"
        path = operation.path.format(**{**operation.others, **ids})
        return said(await self.clinic.http.request(operation.method, path, json=body, headers=headers))


def said(answer: httpx.Response) -> Said:
    return answer.status_code, answer.text, tuple(sorted(answer.headers.items()))


def table_of(name: str) -> Table:
    """Return the table whose rows an id of this name points at: `set_id` at `practice_sets`."""
    ending = name.removesuffix("_id") + "s"
    found = [each for each in Row.metadata.sorted_tables if each.name == ending or each.name.endswith(f"_{ending}")]
    assert found, f"Nobody knows what `{name}` points at: name it after its table."
    return found[0]


def may_see(caller: str, name: str, place: str) -> bool:
    table = table_of(name)
    of_a_client = table.name == "clients" or "client_id" in table.columns
    return place == CARES[caller] if of_a_client else place in HOUSE[caller]


def combinations(operation: Operation) -> Iterator[tuple[str, ...]]:
    return product(PLACES, repeat=len(operation.ids))


async def build_world(clinic: Clinic) -> World:
    house = await clinic.found()
    theo, kim = [await clinic.member(house, f"{name}@clinic.example") for name in ("theo", "kim")]
    ana, mara = await clinic.phone(theo, "Ana"), await clinic.phone(kim, "Mara")
    other = await clinic.found("elsewhere")
    nils = await clinic.member(other, "nils@elsewhere.example", "elsewhere")
    lena = await clinic.phone(nils, "Lena", handle="elsewhere")
    for therapist, phone in ((theo, ana), (kim, mara), (nils, lena)):
        await _furnish(therapist, phone)
    owners = dict(zip(PLACES, ((house, ana), (house, mara), (other, lena)), strict=False))
    ids = {place: await _ids(clinic, organisation, UUID(who.id)) for place, (organisation, who) in owners.items()}
    people = {"theo": theo, "kim": kim, "nils": nils, "ana": ana, "mara": mara, "lena": lena}
    tokens = {name: person.tokens["access_token"] for name, person in people.items()}
    return World(clinic, await _expire(clinic, theo, tokens), ids)


async def _furnish(therapist: Person, phone: Person) -> None:
    path = f"/v1/clients/{phone.id}"
    dosing = {"kind": "dosing", "starts_at": (NOON - timedelta(days=1)).isoformat(), "status": "held"}
    await therapist.post(f"{path}/sessions", dosing)
    made = await therapist.post("/v1/practice-sets", {"title": "Set", "items": [{"exercise": "here-in-this-room"}]})
    await therapist.post(f"{path}/assignments", {"practice_set_id": made["id"]})
    await phone.push(completion(NOON))


async def _ids(clinic: Clinic, organisation: UUID, client: UUID) -> dict[str, UUID]:
    """Return the id of one row of every table that has ids: the client's, or else the organisation's."""
    found: dict[str, UUID] = {"clients": client}
    async with unit_of_work(clinic.sessions, writes=False) as session:
        for table in Row.metadata.sorted_tables:
            if "id" in table.columns and "organisation_id" in table.columns and table.name != "clients":
                query = select(table.c.id).where(table.c.organisation_id == organisation)
                own = query.where(table.c.client_id == client) if "client_id" in table.columns else query
                found[table.name] = (await session.scalars(own.limit(1))).one()
    return found


async def _expire(clinic: Clinic, theo: Person, tokens: dict[str, str]) -> dict[str, str]:
    """Add the token of a sign-in whose access was replaced a moment ago."""
    old = (await clinic.http.post("/v1/auth/refresh", json=theo.tokens)).json()
    return tokens | {"theo": old["access_token"], "replaced": tokens["theo"]}
