"""Every operation of the published document, as any caller, with anybody's ids: generated, so new routes are in it.

`world.py` makes the people and the rows; this module says what there is to ask and who may see what.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import Any, Literal
from uuid import uuid4

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct
from sqlalchemy import Table
from support.clinic import NOON

from server.db.base import Row
from server.web.openapi import document
from server.web.policy import policy_of

# What the ids of a request point at: Ana and her therapist Theo, Mara and Kim, Lena and Nils elsewhere; or at nothing.
PLACES = ("own", "same clinic", "elsewhere", "random")
CLIENTS = {"ana": "own", "mara": "same clinic", "lena": "elsewhere"}
THERAPISTS = {"theo": "own", "kim": "same clinic", "nils": "elsewhere"}
ADMINS = {"ada": ("own", "same clinic"), "olga": ("elsewhere",)}
SUPPORT = {"sam": "own"}
ROLES = {
    **dict.fromkeys(CLIENTS, "client"),
    **dict.fromkeys(THERAPISTS, "therapist"),
    **dict.fromkeys(ADMINS, "admin"),
    **dict.fromkeys(SUPPORT, "support"),
}
ELSEWHERE = {"lena", "nils", "olga"}
# Whom nothing is told, whatever they ask for.
STRANGERS = ("anonymous", "forged", "replaced", "expired", "signed out", "ended phone", "ended member")

# Operations in which an admin sees to clients and members whom they do not care for.
OVERSIGHT = {"handOverClients"}
# Tables whose member_id says who made a row, and not whose it is.
OF_THE_HOUSE = {"invitations"}
# Names of parameters that hold an id and are not named after their table.
NAMED = {"id": "pauses", "interval": "sessions", "practice_set_id": "practice_sets"}
# Lists of parts whose ids point at no row of a table: an item is a part of its practice set.
PARTS = {"items"}
CURSORS = {"after", "before", "cursor", "page", "since"}
UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DEEPEST = 6
CARRIERS = ("path", "query", "header")


class Slot(Struct, frozen=True, kw_only=True):
    """A place of a request that holds an id: `keys` lead to it in a body. It may be left out unless it is needed."""

    carrier: Literal["path", "query", "body"]
    name: str
    needed: bool
    keys: tuple[str | int, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        return PLACES if self.needed else (*PLACES, "absent")


class Operation(Struct, frozen=True, kw_only=True):
    """`cursors` page a list; `others` are the parameters that are no ids, as good as can be guessed.

    `media`: what the body is when it is not JSON.
    """

    name: str
    method: str
    path: str
    secured: bool
    roles: tuple[str, ...]
    slots: tuple[Slot, ...]
    cursors: tuple[str, ...]
    others: dict[str, dict[str, Any]]
    body: Any
    media: str | None

    def request(self, ids: tuple[str | None, ...]) -> dict[str, Any]:
        """Return what to send with these ids in the slots; None is left out."""
        path, query, body = dict(self.others["path"]), dict(self.others["query"]), deepcopy(self.body)
        for slot, value in zip(self.slots, ids, strict=True):
            if value and slot.carrier == "body":
                put(body, slot.keys, value)
            elif value:
                (path if slot.carrier == "path" else query)[slot.name] = value
        headers = {name: str(value) for name, value in self.others["header"].items()}
        whole = {"method": self.method, "url": self.path.format(**path), "params": query, "headers": headers}
        if self.media is None:
            return {**whole, "json": body}
        return {**whole, "content": b"a", "headers": {**headers, "Content-Type": self.media}}


@lru_cache(maxsize=2)
def operations(app: Any) -> list[Operation]:
    told, roles = document(app), _roles(app)
    return [
        _operation(told["components"]["schemas"], path, method, each, roles.get(each["operationId"], ()))
        for path, methods in told["paths"].items()
        for method, each in methods.items()
    ]


def _roles(app: Any) -> dict[str, tuple[str, ...]]:
    handlers = [each for route in app.routes for each in getattr(route, "route_handlers", ())]
    told = {str(each.operation_id): policy_of(each) for each in handlers if isinstance(each, HTTPRouteHandler)}
    return {name: policy.roles for name, policy in told.items() if policy}


def _operation(
    known: dict[str, Any], path: str, method: str, told: dict[str, Any], roles: tuple[str, ...]
) -> Operation:
    given = [each for each in told.get("parameters", []) if each["in"] in CARRIERS]
    ids = [each for each in given if _is_id(each["schema"])]
    needed = [each for each in given if each not in ids and (each["in"] == "path" or each.get("required"))]
    content = told.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    body_slots = tuple(_slots(known, schema)) if schema else ()
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        secured=bool(told.get("security")),
        roles=roles,
        slots=tuple(Slot(carrier=each["in"], name=each["name"], needed=each["in"] == "path") for each in ids)
        + body_slots,
        cursors=tuple(each["name"] for each in given if each["name"] in CURSORS),
        others={
            where: {each["name"]: sample(known, each["schema"]) for each in needed if each["in"] == where}
            for where in CARRIERS
        },
        body=sample(known, schema) if schema else None,
        media=None if schema else next(iter(content), None),
    )


def _is_id(schema: dict[str, Any]) -> bool:
    forms = [schema, *schema.get("anyOf", ())]
    return any(each.get("format") == "uuid" or UUID_PATTERN in each.get("pattern", "") for each in forms)


def _slots(
    known: dict[str, Any], schema: dict[str, Any], keys: tuple[str | int, ...] = (), *, needed: bool = True
) -> Iterator[Slot]:
    """Yield the ids in a body, however deep; what is one of several forms has tests of its own."""
    told = _resolved(known, schema)
    if _is_id(told):
        name = next(key for key in reversed(keys) if isinstance(key, str))
        if PARTS.isdisjoint(keys):
            yield Slot(carrier="body", name=name, needed=needed, keys=keys)
    elif len(keys) < DEEPEST:
        for name, field in told.get("properties", {}).items():
            yield from _slots(known, field, (*keys, name), needed=needed and name in told.get("required", ()))
        if "items" in told:
            yield from _slots(known, told["items"], (*keys, 0), needed=needed and bool(told.get("minItems")))


def put(body: Any, keys: tuple[str | int, ...], value: str) -> None:
    """Put a value into a body, with whatever is missing on the way to it."""
    for key, following in pairwise(keys):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(body, list):
            body += [] if body else [empty]
        else:
            body.setdefault(key, empty)
        body = body[key]
    if isinstance(body, list):
        body[:1] = [value]
    else:
        body[keys[-1]] = value


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
            return _word(told)


def _word(told: dict[str, Any]) -> str:
    later = (NOON + timedelta(days=1)).isoformat()
    forms = {"uuid": str(uuid4()), "date": "2026-06-01", "date-time": later}
    word = "a@b" if "@" in told.get("pattern", "") else "a"
    return forms.get(told.get("format", ""), word.ljust(told.get("minLength", 1), "a"))


@cache
def table_of(name: str) -> Table:
    """Return the table whose rows an id of this name points at: `set_id` and `other_set_id` at `practice_sets`."""
    words = re.sub(r"_ids?$", "", name).split("_")
    endings = [NAMED[name]] if name in NAMED else ["_".join(words[first:]) + "s" for first in range(len(words))]
    tables = Row.metadata.sorted_tables
    found = [each for end in endings for each in tables if each.name == end or each.name.endswith(f"_{end}")]
    assert found, f"Nobody knows what `{name}` points at: name it after its table, or tell tests/support/matrix.py."
    return found[0]


def tables_named(app: Any) -> set[Table]:
    """Return the tables whose rows a request can name."""
    return {table_of(slot.name) for each in operations(app) for slot in each.slots}


def may_see(caller: str, operation: Operation, slot: Slot, place: str) -> bool:
    """Whether what an id points at may be known to a caller; so may what is left out."""
    if place == "absent":
        return True
    table = table_of(slot.name)
    own = {**CLIENTS, **THERAPISTS, **SUPPORT}.get(caller)
    if caller in CLIENTS or caller in SUPPORT:
        return place == own
    house = ADMINS.get(caller, ("elsewhere",) if own == "elsewhere" else ("own", "same clinic"))
    if caller in ADMINS and operation.name in OVERSIGHT:
        return place in house
    return place == own if owner_column(table) else place in house


def owner_column(table: Table) -> str | None:
    """Return the column that says whose a row is; None where it is the clinic's."""
    if table.name == "clients":
        return "id"
    names = () if table.name in OF_THE_HOUSE else ("client_id", "member_id", "subject_id")
    return next((name for name in names if name in table.columns), None)


def combinations(operation: Operation) -> Iterator[tuple[str, ...]]:
    """Yield where the ids of a request may come from: all ways of two, and each alone of more."""
    choices = [slot.places for slot in operation.slots]
    if len(choices) <= 2:
        yield from product(*choices)
        return
    for common in PLACES:
        yield (common,) * len(choices)
        for slot, places in enumerate(choices):
            for place in set(places) - {common}:
                yield (*(common,) * slot, place, *(common,) * (len(choices) - slot - 1))
