"""Migrating as the owner and serving as the application, with PostgreSQL (`security.md`, Isolation 3)."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from click.testing import CliRunner, Result
from support.clinic import KEYS, open_clinic
from support.postgres import APP, OWNER, SUPERUSER, as_role
from support.server import serving

from server.cli import main


@pytest.fixture
async def url(postgres_template: str) -> AsyncIterator[str]:
    """An empty PostgreSQL database of the owner's, as the superuser sees it."""
    name = f"empty_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_template}/postgres")
    await server.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    yield f"{postgres_template}/{name}"
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


def environment(url: str, app: str = APP, owner: str = "") -> dict[str, str]:
    given = {"GROUNDWORK_DATABASE_URL": as_role(url, app), "GROUNDWORK_KEYS": KEYS}
    return {**given, **({"GROUNDWORK_OWNER_DATABASE_URL": as_role(url, owner)} if owner else {})}


def run(command: str, tmp_path: Path, environ: dict[str, str]) -> Result:
    return CliRunner().invoke(main, [command], env={"GROUNDWORK_DATA": str(tmp_path), **environ})


def test_the_owner_migrates_and_the_application_serves(url: str, tmp_path: Path) -> None:
    for _ in range(2):
        migrated = run("migrate", tmp_path, environment(url, owner=OWNER))
        assert migrated.exit_code == 0, migrated.output
    with serving("serve", GROUNDWORK_DATA=str(tmp_path), **environment(url)) as address:
        assert httpx.get(f"{address}/readyz").json()["status"] == "ready"


def test_without_the_owner_it_is_said_what_is_missing(url: str, tmp_path: Path) -> None:
    refused = run("migrate", tmp_path, environment(url))
    assert refused.exit_code == 1
    assert refused.output == ("With PostgreSQL, `migrate` needs GROUNDWORK_OWNER_DATABASE_URL: the database's owner.\n")


def test_the_owner_cannot_be_the_application_as_well(url: str, tmp_path: Path) -> None:
    refused = run("migrate", tmp_path, environment(url, owner=APP))
    assert (refused.exit_code, "must name two roles" in refused.output) == (1, True)


@pytest.mark.parametrize("role", [SUPERUSER, OWNER])
@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_role_that_is_not_bound_neither_migrates_nor_serves(
    url: str, tmp_path: Path, role: str, command: str
) -> None:
    refused = run(command, tmp_path, environment(url, app=role, owner=OWNER))
    assert (refused.exit_code, "row-level security does not bind" in refused.output) == (1, True)


async def test_a_server_whose_role_is_not_bound_is_not_ready(postgres_template: str, tmp_path: Path) -> None:
    for role, status in ((APP, 200), (OWNER, 503), (SUPERUSER, 503)):
        async with open_clinic(as_role(f"{postgres_template}/template_clinic", role), tmp_path) as clinic:
            ready = await clinic.http.get("/readyz")
        assert (ready.status_code, "Not ready: role." in ready.text) == (status, status == 503)
