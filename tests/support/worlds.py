"""The world on each database, built once for a file, which takes them by `world = worlds.world` and the like."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from support.postgres import APP, OWNER, as_role
from support.world import World, open_world


@pytest.fixture(scope="module")
async def sqlite_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Two clinics in one file, which only tests make."""
    folder = tmp_path_factory.mktemp("world")
    async with open_world(str(shutil.copyfile(sqlite_template, folder / "groundwork.db")), folder) as world:
        yield world


@pytest.fixture(scope="module")
async def postgres_world(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_template}/postgres")
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template_clinic OWNER {OWNER}")
    async with open_world(as_role(f"{postgres_template}/{name}", APP), tmp_path_factory.mktemp("world")) as world:
        yield world
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, sqlite_world: World, postgres_world: World) -> World:
    return sqlite_world if request.param == "sqlite" else postgres_world
