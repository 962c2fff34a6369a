"""GET and HEAD change nothing but the trail of who read; and an address never holds a secret or a name."""

from typing import Any

from sqlalchemy import Table, select
from support.clinic import Clinic
from support.matrix import build_world, combinations, operations

from server.db.base import Row
from server.db.unit import unit_of_work
from server.web.openapi import document

# Who read what is written down by reading.
TRAIL = {"audit_entries", "audit_heads"}
# What must never stand in an address: addresses are kept by proxies, histories and logs.
PRIVATE = {"token", "password", "secret", "code", "email", "name", "note", "text", "access_token", "refresh_token"}


async def kept(clinic: Clinic) -> dict[str, list[Any]]:
    """Return every row of every table but the trail."""
    tables: list[Table] = [each for each in Row.metadata.sorted_tables if each.name not in TRAIL]
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return {each.name: sorted(map(repr, await session.execute(select(each)))) for each in tables}


async def test_reading_changes_nothing(clinic: Clinic) -> None:
    world = await build_world(clinic)
    before = await kept(clinic)
    reads = [each for each in operations(clinic.app.app) if each.method == "GET" and each.secured]
    for operation in reads:
        for caller in ("theo", "ana"):
            for places in combinations(operation):
                await world.ask(operation, caller, places)
    assert len(reads) > 5
    assert await kept(clinic) == before


async def test_writing_is_noticed(clinic: Clinic) -> None:
    world = await build_world(clinic)
    before = await kept(clinic)
    (operation,) = [each for each in operations(clinic.app.app) if each.name == "addClient"]
    await world.ask(operation, "theo", ())
    assert await kept(clinic) != before


async def test_no_address_holds_a_secret_or_a_name(clinic: Clinic) -> None:
    told = document(clinic.app.app)
    asked = [
        each["name"]
        for path in told["paths"].values()
        for operation in path.values()
        for each in operation.get("parameters", ())
        if each["in"] in {"path", "query"}
    ]
    assert len(asked) > 10
    assert {name for name in asked if name.lower() in PRIVATE} == set()
