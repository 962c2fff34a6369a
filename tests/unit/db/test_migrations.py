import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it ships no annotations
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.ext.asyncio import AsyncEngine

import server.app
from server.db import migrate as migrations
from server.db.base import Row
from server.db.engine import create_engine
from server.db.migrate import migrate
from server.db.schema import SchemaError, newest_revision, require_current
from server.settings import database_url

assert server.app.ROUTES  # importing the application makes every table known
MIGRATE = """
import asyncio, sys
from server.db.engine import create_engine
from server.db.migrate import migrate
asyncio.run(migrate(create_engine(sys.argv[1])))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, postgres_server: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A database without any table."""
    name = f"empty_{uuid4().hex}"
    where = f"{postgres_server}/{name}" if request.param == "postgresql" else str(tmp_path / "groundwork.db")
    admin = await asyncpg.connect(f"{postgres_server}/postgres")
    if request.param == "postgresql":
        await admin.execute(f"CREATE DATABASE {name}")
    engine = create_engine(database_url(where))
    yield engine
    await engine.dispose()
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()


def differences(connection: Connection, metadata: MetaData = Row.metadata) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def downgrade(connection: Connection) -> None:
    config = migrations._config()  # noqa: SLF001 - going back is no service of ours
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    connection.commit()


async def tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda each: inspect(each).get_table_names())) - {"alembic_version"}


async def test_the_migrations_lead_from_nothing_to_the_models_and_back(empty: AsyncEngine) -> None:
    for _ in range(2):
        assert await tables(empty) == set()
        await migrate(empty)
        assert await tables(empty) == set(Row.metadata.tables)
        async with empty.connect() as connection:
            assert await connection.run_sync(differences) == []
            await connection.rollback()
            await connection.run_sync(downgrade)
    assert await tables(empty) == set()


async def test_migrating_again_changes_nothing(empty: AsyncEngine) -> None:
    await migrate(empty)
    await migrate(empty)
    await require_current(empty)


async def test_the_comparison_finds_a_forgotten_column(empty: AsyncEngine) -> None:
    await migrate(empty)
    async with empty.execution_options(writes=True).begin() as connection:
        await connection.execute(text("ALTER TABLE clients ADD COLUMN forgotten TEXT"))
        await connection.execute(text("DROP INDEX ix_completions_organisation_id_client_id_version"))
        found = await connection.run_sync(differences)
    assert sorted(each[0] for each in found) == ["add_index", "remove_column"]


async def test_an_empty_database_is_named_with_what_to_do(empty: AsyncEngine) -> None:
    with pytest.raises(SchemaError) as refused:
        await require_current(empty)
    assert str(refused.value) == "The database has another schema than this version needs. Run `groundwork migrate`."


async def test_another_revision_is_not_current(empty: AsyncEngine) -> None:
    await migrate(empty)
    async with empty.execution_options(writes=True).begin() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError):
        await require_current(empty)


async def test_two_processes_may_migrate_at_once(empty: AsyncEngine) -> None:
    url = empty.url.render_as_string(hide_password=False)
    command_line = [sys.executable, "-c", MIGRATE, url]
    first, second = [await asyncio.create_subprocess_exec(*command_line, stderr=subprocess.PIPE) for _ in range(2)]
    said = [(await each.communicate())[1].decode() for each in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], said
    await require_current(empty)


def keys_not_led_by_the_organisation(metadata: MetaData) -> set[str]:
    """Return every key, unique constraint and index of people's data that begins with another column."""
    return {
        f"{table.name}: {', '.join(columns)}"
        for table in metadata.sorted_tables
        if table.name not in {"organisations", "database_states"}
        for columns in _keys(table)
        if columns[0] != "organisation_id"
    }


def _keys(table: Table) -> list[list[str]]:
    constraints = [each for each in table.constraints if isinstance(each, ForeignKeyConstraint | UniqueConstraint)]
    return [[column.name for column in each.columns] for each in (table.primary_key, *constraints, *table.indexes)]


def test_the_organisation_leads_every_key() -> None:
    assert len(Row.metadata.sorted_tables) >= 15
    assert keys_not_led_by_the_organisation(Row.metadata) == set()


async def test_the_organisation_leads_every_key_that_is_really_there(database: str) -> None:
    engine = create_engine(database_url(database))
    found = MetaData()
    async with engine.connect() as connection:
        await connection.run_sync(found.reflect)
    await engine.dispose()
    found.remove(found.tables["alembic_version"])
    assert set(found.tables) == set(Row.metadata.tables)
    assert keys_not_led_by_the_organisation(found) == set()
    assert all(table.primary_key.columns for table in found.sorted_tables)


def test_a_key_led_by_something_else_would_be_found() -> None:
    planted = Table(
        "planted",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("organisation_id", Integer, primary_key=True),
        Column("email", Integer, unique=True),
        Index("ix", "email", "organisation_id"),
    )
    assert keys_not_led_by_the_organisation(planted.metadata) == {
        "planted: id, organisation_id",
        "planted: email",
        "planted: email, organisation_id",
    }
