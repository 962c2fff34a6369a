import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from support.clinic import Clinic, Person, open_clinic, settings_of
from support.inline import inline
from support.postgres import APP, as_role, postgres
from support.templates import copy_of_template, execute, make_template, migrated
from support.world import World, open_world

from server.app import create_app
from server.web.edge import Edge

settings.register_profile("quick", max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("chaos", parent=settings.get_profile("quick"), max_examples=20_000)
if settings.get_current_profile_name() == "default":
    settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make only: going through what was imported takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    await migrated(str(path))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
async def postgres_template(postgres_server: str) -> str:
    """A server whose database template_clinic is migrated by its owner, and granted to the application's role."""
    await make_template(postgres_server)
    return postgres_server


@pytest.fixture(scope="session")
async def postgres_superuser(postgres_template: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to no database of the tests, to make and drop theirs."""
    connection = await asyncpg.connect(f"{postgres_template}/postgres")
    yield connection
    await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_template: str,
    postgres_superuser: asyncpg.Connection,
    tmp_path: Path,
) -> AsyncIterator[str]:
    """A migrated, empty database as the application sees it; every test that asks for it runs on both."""
    if request.param == "sqlite":
        yield str(shutil.copyfile(sqlite_template, tmp_path / "groundwork.db"))
        return
    name = f"test_{uuid4().hex}"
    await postgres_superuser.execute(copy_of_template(name))
    yield as_role(f"{postgres_template}/{name}", APP)
    await postgres_superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Edge:
    """The application of every `clinic`, one after the other: assembling it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("application")
    return create_app(settings_of(str(folder / "groundwork.db"), folder))


@pytest.fixture
async def clinic(database: str, tmp_path: Path, application: Edge) -> AsyncIterator[Clinic]:
    async with open_clinic(database, tmp_path, app=application) as clinic:
        yield clinic


@pytest.fixture
async def theo(clinic: Clinic) -> Person:
    return await clinic.member(await clinic.found(), "theo@clinic.example")


@pytest.fixture
async def ana(clinic: Clinic, theo: Person) -> Person:
    return await clinic.phone(theo, "Ana")


@pytest.fixture(scope="session")
async def sqlite_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Two clinics in one file, which only tests make."""
    folder = tmp_path_factory.mktemp("world")
    async with AsyncExitStack() as stack:
        # What is opened here is asked one thing after the other, thousands of times.
        with inline():
            database = str(shutil.copyfile(sqlite_template, folder / "groundwork.db"))
            world = await stack.enter_async_context(open_world(database, folder))
        yield world


@pytest.fixture(scope="session")
async def postgres_world(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Two clinics in a database of PostgreSQL, as the application's role sees it."""
    await execute(postgres_template, copy_of_template("world"))
    async with open_world(as_role(f"{postgres_template}/world", APP), tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, sqlite_world: World, postgres_world: World) -> World:
    """Everybody that the matrix knows (`support/world.py`); built once, since nothing that is asked of it is kept."""
    return sqlite_world if request.param == "sqlite" else postgres_world
