"""Row-level security as the database itself has it (`security.md`, Isolation 3)."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from asyncpg import Connection
from support.clinic import Clinic, open_clinic
from support.postgres import APP, OWNER, SUPERUSER, as_role
from support.templates import copy_of_template

UNPROTECTED = """
SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND a.attname = 'organisation_id' AND NOT (
    c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policies AS p WHERE p.tablename = c.relname AND p.cmd = 'ALL' AND p.qual = p.with_check
        AND p.qual ~ 'organisation_id = \\( SELECT \\(NULLIF\\(current_setting\\(''app.organisation'''
    )
)
ORDER BY c.relname
"""
OPEN = "SELECT tablename FROM pg_policies WHERE qual IS DISTINCT FROM 'false' AND policyname <> 'own_organisation'"
ENTER = "SELECT set_config('app.organisation', $1, true)"
CLIENTS = "SELECT count(*) FROM members"


@pytest.fixture
async def url(postgres_template: str) -> AsyncIterator[str]:
    """A migrated PostgreSQL database of a test's own, as the superuser sees it."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_template}/postgres")
    await server.execute(copy_of_template(name))
    yield f"{postgres_template}/{name}"
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def clinic(url: str, tmp_path: Path) -> AsyncIterator[Clinic]:
    async with open_clinic(as_role(url, APP), tmp_path) as clinic:
        yield clinic


@pytest.fixture
async def two(clinic: Clinic) -> tuple[UUID, UUID]:
    """Two clinics: one with one member, one with two."""
    here, there = await clinic.found("here"), await clinic.found("there")
    await clinic.member(here, "theo@clinic.example", "here")
    await clinic.member(there, "kim@clinic.example", "there")
    await clinic.member(there, "nils@clinic.example", "there")
    return here, there


async def connect(url: str, role: str) -> "Connection[asyncpg.Record]":
    return await asyncpg.connect(as_role(url, role))


async def test_every_table_of_people_is_isolated_by_force(url: str) -> None:
    server = await connect(url, SUPERUSER)
    assert await server.fetch(UNPROTECTED) == []
    assert {row[0] for row in await server.fetch(OPEN)} == {"organisations"}
    await server.close()


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TABLE planted (organisation_id uuid)",
        "ALTER TABLE clients NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE clients DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_organisation ON clients",
        "ALTER POLICY own_organisation ON clients USING (true)",
        "ALTER POLICY own_organisation ON clients USING (true) WITH CHECK (true)",
    ],
)
async def test_a_table_that_is_not_would_be_found(url: str, planted: str) -> None:
    server = await connect(url, SUPERUSER)
    await server.execute(planted)
    assert len(await server.fetch(UNPROTECTED)) == 1
    await server.close()


async def test_what_everybody_may_read_of_a_clinic_is_nothing_of_a_person(url: str) -> None:
    server = await connect(url, SUPERUSER)
    columns = await server.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'organisations'"
    )
    known = {"id", "handle", "name", "demo", "needs_second_factor", "created_at"}
    assert {row[0] for row in columns} == known, "Everybody may read it: is there a table for it with organisation_id?"
    await server.close()


async def test_nobody_sees_anything_before_an_organisation_is_entered(url: str, two: tuple[UUID, UUID]) -> None:
    for role in (APP, OWNER):
        connection = await connect(url, role)
        assert await connection.fetchval(CLIENTS) == 0
        for organisation, members in zip(two, (1, 2), strict=True):
            async with connection.transaction():
                await connection.execute(ENTER, str(organisation))
                assert await connection.fetchval(CLIENTS) == members
        assert await connection.fetchval(CLIENTS) == 0
        await connection.close()


async def test_the_superuser_sees_everything_and_so_would_an_owner_who_is_not_forced(
    url: str, two: tuple[UUID, UUID]
) -> None:
    assert len(two) == 2
    superuser, owner = await connect(url, SUPERUSER), await connect(url, OWNER)
    assert (await superuser.fetchval(CLIENTS), await owner.fetchval(CLIENTS)) == (3, 0)
    await owner.execute("ALTER TABLE members NO FORCE ROW LEVEL SECURITY")
    assert await owner.fetchval(CLIENTS) == 3
    for each in (superuser, owner):
        await each.close()


@pytest.mark.parametrize(
    "statement", ["INSERT INTO audit_heads VALUES ($1, 1, '')", "UPDATE members SET organisation_id = $1"]
)
async def test_nothing_can_be_written_into_another_organisation(
    url: str, two: tuple[UUID, UUID], statement: str
) -> None:
    here, there = two
    connection = await connect(url, APP)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(ENTER, str(here))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await connection.execute(statement, there)
    await transaction.rollback()
    async with connection.transaction():
        await connection.execute(ENTER, str(here))
        assert await connection.execute("UPDATE members SET ended_at = now() WHERE organisation_id = $1", there) == (
            "UPDATE 0"
        )
        assert await connection.execute("UPDATE organisations SET name = '' WHERE id = $1", there) == "UPDATE 0"
    await connection.close()


async def test_a_pooler_hands_on_what_was_set_for_the_session_and_not_what_was_set_for_the_transaction(
    url: str, two: tuple[UUID, UUID]
) -> None:
    _, there = two

    async def next_client_sees(setting: str) -> int:
        """Return what a second transaction sees on the connection of the first, as in a pooler's transaction mode."""
        connection = await connect(url, APP)
        async with connection.transaction():
            await connection.execute(setting)
            assert await connection.fetchval(CLIENTS) == 2
        async with connection.transaction():
            seen = int(await connection.fetchval(CLIENTS))
        await connection.close()
        return seen

    assert await next_client_sees(f"SET app.organisation = '{there}'") == 2
    assert await next_client_sees(f"SELECT set_config('app.organisation', '{there}', true)") == 0
