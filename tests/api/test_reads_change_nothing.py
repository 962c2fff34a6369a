"""GET changes nothing but the trail of who read; and an address never holds a secret or a name."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from support.clinic import Clinic
from support.matrix import operations
from support.world import World

from server.web.openapi import document

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# Who read what is written down by reading; and a scope's head keeps the streak that was told, for the next who asks.
TRAIL = {"audit_entries", "audit_heads", "sync_heads"}
ONE_OF_EACH = ("ana", "theo", "ada", "sam")
# What must never stand in an address: addresses are kept by proxies, histories and logs.
PRIVATE = {
    "token",
    "password",
    "secret",
    "code",
    "email",
    "name",
    "note",
    "text",
    "access_token",
    "refresh_token",
    "feed",
}

# Here `name` is that of a file, made of the hash of what it holds.
OF_FILES = {"/v1/captions/{name}", "/v1/calendar/{feed}"}


@contextmanager
def written_by(world: World) -> Iterator[set[str]]:
    """Collect the tables that the application writes to."""
    tables: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := WRITES.match(statement):
            tables.add(found[1])

    engine = world.clinic.app.app.state.sessions.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    world.forget()
    yield tables
    event.remove(engine, "before_cursor_execute", note)


async def test_reading_changes_nothing(world: World) -> None:
    reads = [each for each in operations(world.clinic.app.app) if each.method == "GET" and each.secured]
    with written_by(world) as tables:
        answered = [
            operation.name
            for operation in reads
            for caller in ONE_OF_EACH
            if (await world.ask(operation, caller, ("own",) * len(operation.slots)))[0] == 200
        ]
    assert len(set(answered)) > 5
    assert tables <= TRAIL


async def test_a_write_would_be_noticed(world: World) -> None:
    (operation,) = [each for each in operations(world.clinic.app.app) if each.name == "addClient"]
    with written_by(world) as tables:
        assert (await world.ask(operation, "theo", ()))[0] == 201
    assert "clients" in tables


async def test_no_address_holds_a_secret_or_a_name(clinic: Clinic) -> None:
    told = document(clinic.app.app)
    asked = [
        (path, each["name"])
        for path, methods in told["paths"].items()
        for operation in methods.values()
        for each in operation.get("parameters", ())
        if each["in"] in {"path", "query"}
    ]
    assert len(asked) > 10
    assert {path for path, name in asked if name.lower() in PRIVATE} <= OF_FILES
