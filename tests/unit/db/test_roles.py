"""The application's role: what it may do, and which roles are refused (`security.md`, Isolation 3)."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from support.postgres import APP, OWNER, SUPERUSER, as_role
from support.templates import copy_of_template

from server.db.engine import create_engine
from server.db.roles import RoleError, require_bounded, role_of
from server.settings import database_url

HELD = """
SELECT t.tablename, string_agg(p.held, ', ' ORDER BY p.place) AS rights
FROM pg_tables AS t,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
    WITH ORDINALITY AS p (held, place)
WHERE t.schemaname = 'public' AND has_table_privilege($1, t.tablename, p.held)
GROUP BY t.tablename
"""


@pytest.fixture(scope="module")
async def url(postgres_template: str) -> AsyncIterator[str]:
    """A migrated PostgreSQL database, as the superuser sees it."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_template}/postgres")
    await server.execute(copy_of_template(name))
    yield f"{postgres_template}/{name}"
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


async def is_refused(url: str, role: str) -> bool:
    engine = create_engine(database_url(as_role(url, role)))
    try:
        await require_bounded(engine)
    except RoleError:
        return True
    finally:
        await engine.dispose()
    return False


async def test_the_role_of_the_application_holds_rows_and_nothing_else(url: str) -> None:
    server = await asyncpg.connect(url)
    held = dict(await server.fetch(HELD, APP))
    await server.close()
    assert held.pop("alembic_version") == "SELECT"
    assert held.pop("audit_entries") == "SELECT, INSERT"
    assert held.pop("database_states") == "SELECT, UPDATE"
    assert held.pop("organisations") == "SELECT, INSERT, UPDATE"
    assert set(held.values()) == {"SELECT, INSERT, UPDATE, DELETE"}
    assert len(held) >= 15


async def test_the_role_of_the_application_is_let_through_and_known_by_its_name(url: str) -> None:
    assert not await is_refused(url, APP)
    engine = create_engine(database_url(as_role(url, APP)))
    assert await role_of(engine) == APP
    await engine.dispose()


@pytest.mark.parametrize("role", [SUPERUSER, OWNER])
async def test_the_superuser_and_the_owner_are_refused(url: str, role: str) -> None:
    assert await is_refused(url, role)


@pytest.mark.parametrize(
    "made, refused",
    [
        ("SELECT 1", False),
        ("ALTER ROLE {role} SUPERUSER", True),
        ("ALTER ROLE {role} BYPASSRLS", True),
        ("ALTER ROLE {role} CREATEROLE", True),
        ("GRANT groundwork_owner TO {role}", True),
        ("GRANT groundwork_owner TO {role} WITH INHERIT FALSE", True),
        ("GRANT groundwork_app TO {role}", False),
        ("ALTER TABLE devices OWNER TO {role}", True),
        ("ALTER DATABASE {database} OWNER TO {role}", True),
        ("CREATE SCHEMA other; CREATE TABLE other.copy (id int); ALTER TABLE other.copy OWNER TO {role}", True),
        ("GRANT {role}_above TO {role}; ALTER ROLE {role}_above BYPASSRLS", True),
        ("ALTER ROLE {role} SUPERUSER; ALTER ROLE {role} SET role = groundwork_app", True),
    ],
)
async def test_a_role_that_could_see_more_is_refused(url: str, made: str, refused: bool) -> None:  # noqa: FBT001 (a case)
    role, database = f"r_{uuid4().hex}", url.rpartition("/")[2]
    server = await asyncpg.connect(url)
    await server.execute(f"CREATE ROLE {role} LOGIN; CREATE ROLE {role}_above")
    await server.execute(made.format(role=role, database=database))
    assert await is_refused(url, role) is refused
    await server.execute(f"REASSIGN OWNED BY {role} TO {OWNER}; DROP OWNED BY {role}; DROP ROLE {role}_above, {role}")
    await server.close()


async def test_a_file_of_sqlite_has_no_roles(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = create_engine(database_url(str(tmp_path_factory.mktemp("file") / "groundwork.db")))
    await require_bounded(engine)
    await engine.dispose()
