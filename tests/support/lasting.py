"""One application and one database for all tests of a file, and in it a clinic of its own for each test.

A file takes them by `lasting, clinic, theo = shared.lasting, shared.clinic, shared.theo`; the clock is back at noon
before each test. Opening an application and a database takes ten times as long as most tests.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from support.clinic import NOON, Clinic, Person, open_clinic
from support.postgres import APP, as_role
from support.templates import copy_of_template

from server.web.edge import Edge


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def lasting(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    application: Edge | None,
) -> AsyncIterator[Clinic]:
    folder = tmp_path_factory.mktemp("lasting")
    async with opened(request.param, sqlite_template, postgres_template, folder, application) as clinic:
        yield clinic


@asynccontextmanager
async def opened(
    kind: str, sqlite_template: Path, postgres_template: str, folder: Path, app: Edge | None = None
) -> AsyncIterator[Clinic]:
    """Open an application (a new one, or `app`) on an empty database of this kind."""
    if kind == "sqlite":
        database = str(shutil.copyfile(sqlite_template, folder / "groundwork.db"))
        async with open_clinic(database, folder, app=app) as clinic:
            yield clinic
        return
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_template}/postgres")
    await server.execute(copy_of_template(name))
    async with open_clinic(as_role(f"{postgres_template}/{name}", APP), folder, app=app) as clinic:
        yield clinic
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
def clinic(lasting: Clinic) -> Clinic:
    assert lasting.app.app.state.clock is lasting.clock, "another clinic took the application of this file"
    lasting.clock.at = NOON
    return lasting


@pytest.fixture
async def theo(clinic: Clinic) -> Person:
    handle = f"clinic-{uuid4().hex[:12]}"
    return await clinic.member(await clinic.found(handle), "theo@clinic.example", handle)
