"""The Dockerfile and the composition, read as text: there is no engine to run them in the tests."""

import re
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import yaml
from support.documents import read
from support.postgres import APP, OWNER, as_role

from server.cli import COMMANDS
from server.db.engine import create_engine
from server.db.migrate import migrate
from server.db.roles import require_bounded, role_of
from server.db.schema import require_current
from server.settings import SETTINGS, database_url, read_settings

INSTRUCTION = re.compile(r"^([A-Z]+) (.*?)(?<!\\)$", re.MULTILINE | re.DOTALL)
SECRET = re.compile(r"password|secret|token|api_?key|BEGIN [A-Z ]*PRIVATE", re.IGNORECASE)


def faults(dockerfile: str) -> set[str]:
    """Return what is wrong with a Dockerfile's text."""
    found = INSTRUCTION.findall(dockerfile)
    last = found[max(n for n, (name, _) in enumerate(found) if name == "FROM") :]
    runs = [body for name, body in found if name == "RUN"]
    users = [body for name, body in last if name == "USER"]
    return {
        fault
        for fault, wrong in {
            "root": not users or users[-1] in {"root", "0"},
            "no health check": not any(name == "HEALTHCHECK" and "NONE" not in body for name, body in last),
            "add": any(name == "ADD" for name, _ in found),
            "download": any(re.search(r"\b(curl|wget)\b|://", body) for body in runs),
            "secret": any(SECRET.search(body) for name, body in found if name in {"ENV", "ARG", "RUN", "COPY"}),
            "unlocked": any(
                "pip install" in body and not re.search("--require-hashes|--no-index", body) for body in runs
            ),
            "tag": any(name == "FROM" and not re.match(r"\S+:\d", body) for name, body in found),
        }.items()
        if wrong
    }


def composition() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return loaded


def test_the_dockerfile_has_none_of_the_usual_faults() -> None:
    assert faults(read("Dockerfile")) == set()


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("USER groundwork\n", "", "root"),
        ("USER groundwork\n", "USER root\n", "root"),
        ("HEALTHCHECK --interval", "LABEL interval", "no health check"),
        ("COPY content", "ADD content", "add"),
        ("RUN python -m hatchling", "RUN curl -O example.org && python -m hatchling", "download"),
        ("    GROUNDWORK_DATA=/data", "    POSTGRES_PASSWORD=x", "secret"),
        (" --require-hashes -r requirements.txt", " -r requirements.txt", "unlocked"),
        ("FROM python:3.13-slim AS package", "FROM python AS package", "tag"),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str, fault: str) -> None:
    text = read("Dockerfile")
    assert old in text
    assert faults(text.replace(old, new)) == {fault}


def test_the_image_serves_and_asks_for_its_health_by_commands_there_are() -> None:
    text = read("Dockerfile")
    assert 'ENTRYPOINT ["groundwork"]' in text
    assert 'CMD ["serve"]' in text
    assert 'CMD ["groundwork", "healthcheck"]' in text
    assert {"serve", "healthcheck", "migrate", "create-admin"} <= COMMANDS.keys()


def test_the_settings_of_the_image_are_settings() -> None:
    given = dict(re.findall(r"(GROUNDWORK_\w+)=(\S+)", read("Dockerfile")))
    assert given.keys() <= {each.variable for each in SETTINGS.values()}
    settings = read_settings(given | {"GROUNDWORK_CONTENT": "content"})
    assert (settings.host, str(settings.data), settings.port) == ("0.0.0.0", "/data", 8000)  # noqa: S104 (in a container)
    assert f"EXPOSE {settings.port}" in read("Dockerfile")


def test_the_tools_that_build_the_package_are_in_the_lock() -> None:
    (names,) = re.findall(r"\^\(([a-z|-]+)\)==", read("Dockerfile"))
    pinned = re.findall(r"^([a-z-]+)==", read("requirements-dev.txt"), re.MULTILINE)
    assert set(names.split("|")) <= set(pinned)


def test_what_the_image_copies_is_let_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", read("Dockerfile"), re.MULTILINE)
    allowed = set(re.findall(r"^!(\S+)$", read(".dockerignore"), re.MULTILINE))
    assert {name for line in copied for name in line.split()} == allowed
    assert read(".dockerignore").startswith("*\n")


def test_the_composition_migrates_as_the_owner_before_it_serves() -> None:
    services = composition()["services"]
    assert services["app"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert (services["migrate"]["command"], services["app"]["command"]) == (["migrate"], ["serve"])


def test_only_what_migrates_has_the_owners_password() -> None:
    services = composition()["services"]
    assert {name for name, each in services.items() if "OWNER_PASSWORD" in str(each)} == {"db", "migrate"}
    assert OWNER in services["migrate"]["environment"]["GROUNDWORK_OWNER_DATABASE_URL"]
    assert {APP in services[name]["environment"]["DATABASE_URL"] for name in ("app", "migrate")} == {True}


def test_the_composition_has_no_password_and_none_by_default() -> None:
    text = read("compose.yaml")
    assert set(re.findall(r"\$\{(\w+)", text)) == {"OWNER_PASSWORD", "APP_PASSWORD", "PORT"}
    assert set(re.findall(r"\$\{\w+_PASSWORD(.{2})", text)) == {":?"}
    assert "PASSWORD '" not in text


async def test_the_roles_of_the_composition_can_migrate_and_serve(postgres_server: str) -> None:
    """Its SQL, with names of this test's own, and passwords as psql would put them in."""
    mark = uuid4().hex
    text = composition()["configs"]["roles"]["content"]
    statements = [each for each in text.splitlines() if not each.startswith("\\") and "postgres" not in each]
    sql = re.sub(r":'\w+'", "'a password of 24 letters'", "\n".join(statements))
    sql = re.sub(r"\bgroundwork\w*", rf"\g<0>_{mark}", sql)
    server = await asyncpg.connect(f"{postgres_server}/postgres")
    await server.execute(f"CREATE DATABASE groundwork_{mark}")
    await server.execute(sql)
    owner, app = [
        create_engine(database_url(as_role(f"{postgres_server}/groundwork_{mark}", f"{role}_{mark}")))
        for role in (OWNER, APP)
    ]
    await migrate(owner, await role_of(app))
    await require_current(app)
    await require_bounded(app)
    for engine in (owner, app):
        await engine.dispose()
    await server.execute(f"DROP DATABASE groundwork_{mark}")
    await server.execute(f"DROP ROLE {OWNER}_{mark}, {APP}_{mark}")
    await server.close()


def test_only_the_machine_itself_reaches_the_composition() -> None:
    services = composition()["services"]
    assert all(port.startswith("127.0.0.1:") for port in services["app"]["ports"])
    assert "ports" not in services["db"]
