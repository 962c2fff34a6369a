"""One application and one database for all tests of a file, and in it a clinic of its own for each test.

A file takes them by `lasting, clinic = shared.lasting, shared.clinic` and `theo, ana = shared.theo, shared.ana`; the
clock is back at noon before each test. Opening an application and a database takes ten times as long as most tests, and
letting people in as long as the test: the database is a copy of one in which some are signed in already.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from support.clinic import NOON, Clinic, Person, Waiting, open_clinic
from support.postgres import APP, as_role
from support.templates import TEMPLATE, copy_of_template, execute

from server.web.edge import Edge

# As many as wait in each database; who needs more lets them in.
ALONE, CARING = 6, 16
FURNISHED = "template_furnished"
_furnished: dict[str, tuple[Path, str, Waiting]] = {}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def lasting(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    application: Edge,
) -> AsyncIterator[Clinic]:
    kind: str = request.param
    if kind not in _furnished:
        folder = tmp_path_factory.mktemp("furnished")
        _furnished[kind] = await furnished(kind, sqlite_template, postgres_template, folder, application)
    file, template, waiting = _furnished[kind]
    folder = tmp_path_factory.mktemp("lasting")
    async with opened(kind, file, postgres_template, folder, application, template) as clinic:
        clinic.waiting = waiting.at(clinic.http)
        yield clinic


@asynccontextmanager
async def opened(
    kind: str,
    sqlite_template: Path,
    postgres_server: str,
    folder: Path,
    app: Edge | None = None,
    template: str = TEMPLATE,
) -> AsyncIterator[Clinic]:
    """Open an application (a new one, or `app`) on a copy of a database of this kind, by default of an empty one."""
    if kind == "sqlite":
        database = str(shutil.copyfile(sqlite_template, folder / "groundwork.db"))
        async with open_clinic(database, folder, app=app) as clinic:
            yield clinic
        return
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_server}/postgres")
    await server.execute(copy_of_template(name, template))
    async with open_clinic(as_role(f"{postgres_server}/{name}", APP), folder, app=app) as clinic:
        yield clinic
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


async def furnished(
    kind: str, sqlite_template: Path, postgres_server: str, folder: Path, app: Edge
) -> tuple[Path, str, Waiting]:
    """Let people in, in a database that is a template from then on; return where it is, and who they are."""
    file = shutil.copyfile(sqlite_template, folder / "furnished.db")
    if kind == "postgresql":
        await execute(postgres_server, copy_of_template(FURNISHED))
    database = str(file) if kind == "sqlite" else as_role(f"{postgres_server}/{FURNISHED}", APP)
    async with open_clinic(database, folder, app=app) as clinic:
        clinic.waiting.alone = [await a_theo(clinic) for _ in range(ALONE)]
        clinic.waiting.caring = [await a_theo(clinic) for _ in range(CARING)]
        clinic.waiting.phones = {each.id: await clinic.phone(each, "Ana") for each in clinic.waiting.caring}
        return file, FURNISHED, clinic.waiting


async def a_theo(clinic: Clinic) -> Person:
    handle = f"clinic-{uuid4().hex[:12]}"
    return await clinic.member(await clinic.found(handle), "theo@clinic.example", handle)


@pytest.fixture
def clinic(lasting: Clinic) -> Clinic:
    assert lasting.app.app.state.clock is lasting.clock, "another clinic took the application of this file"
    lasting.clock.at = NOON
    return lasting


@pytest.fixture
async def theo(request: pytest.FixtureRequest, clinic: Clinic) -> Person:
    waiting = clinic.waiting.caring if "ana" in request.fixturenames else clinic.waiting.alone
    return waiting.pop() if waiting else await a_theo(clinic)


@pytest.fixture
async def ana(clinic: Clinic, theo: Person) -> Person:
    return clinic.waiting.phones.pop(theo.id, None) or await clinic.phone(theo, "Ana")
