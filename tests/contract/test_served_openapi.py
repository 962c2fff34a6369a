"""Anything the document allows, and much that it does not, gets an answer that the document describes."""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from support.copies import invoke
from support.server import serving

# `make chaos` asks for many examples, and for what the schemas' edges are by name.
LONG = settings.get_current_profile_name() == "chaos"
EXAMPLES = 1000 if LONG else 6
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": LONG}}})
# It is the one that is served (`test_openapi_snapshot.py`), and read faster than an application is made.
DOCUMENT = json.loads(Path(__file__).with_name("openapi.json").read_text())
schema = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)

# A schema cannot say which time zones, exercises or dates there are; and Litestar reads `?track=null` as no filter.
BEYOND_A_SCHEMA = [positive_data_acceptance, negative_data_rejection]
FRESH_SECONDS = 60
# Seconds. A machine that does other things beside is no fault of an answer.
PATIENCE = 60
SIGN_IN = {"email": "theo@clinic.example", "password": "a long enough password"}
# Who signs in only to sign out again.
VISITOR = {**SIGN_IN, "email": "una@clinic.example"}
# Wrong guesses slow down the address they come from: those of the examples must not slow down letting people in.
OWN_ADDRESS = {"X-Forwarded-For": "192.0.2.1"}


class Served:
    """A clinic that is served, and bearer tokens for whom an operation is meant."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, headers=OWN_ADDRESS, timeout=PATIENCE)
        self.tokens = self.sign_in(SIGN_IN)
        self.let_people_in()

    def let_people_in(self) -> None:
        self.since = time.monotonic()
        # An example of stepping up is a wrong guess at an account, which must then wait to sign in: it is refreshed.
        fresh = self.http.post("/v1/auth/refresh", json={"refresh_token": self.tokens["refresh_token"]})
        self.tokens = fresh.json() if fresh.is_success else self.sign_in(SIGN_IN)
        self.staff = f"Bearer {self.tokens['access_token']}"
        staff = {"Authorization": self.staff}
        client = self.http.post("/v1/clients", json={"name": "Ana", "zone": "Europe/Berlin"}, headers=staff).json()
        code = self.http.post(f"/v1/clients/{client['id']}/pairing-codes", headers=staff).json()["code"]
        paired = self.http.post("/v1/auth/pair", json={"code": code, "zone": "Europe/Berlin"}).json()
        self.phone = f"Bearer {paired['access_token']}"

    def sign_in(self, who: dict[str, str]) -> dict[str, str]:
        answer = self.http.post("/v1/auth/sign-in", json=who)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def bearer(self, case: Case) -> str:
        # Access tokens live 15 minutes, and an operation may have ended one.
        if time.monotonic() - self.since > FRESH_SECONDS:
            self.let_people_in()
        if case.path.endswith("sign-out"):
            return f"Bearer {self.sign_in(VISITOR)['access_token']}"
        return self.phone if case.path.startswith("/v1/me") else self.staff


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = str(tmp_path_factory.mktemp("served"))
    shutil.copyfile(sqlite_template, f"{folder}/groundwork.db")
    assert invoke("migrate", GROUNDWORK_DATA=folder).exit_code == 0
    for command, who in ("create-admin", SIGN_IN), ("create-therapist", VISITOR):
        account = ("--email", who["email"], "--name", "A name", "--password", who["password"])
        assert invoke(command, *account, GROUNDWORK_DATA=folder).exit_code == 0
    with closing(sqlite3.connect(f"{folder}/groundwork.db")) as database, database:
        # Or else a password alone opens nothing.
        database.execute("UPDATE organisations SET needs_second_factor = 0")
    with serving(GROUNDWORK_DATA=folder, GROUNDWORK_PROXIES="127.0.0.1") as url:
        clinic = Served(url)
        yield clinic
        clinic.http.close()


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented_and_none_is_a_server_error(case: Case, served: Served) -> None:
    headers: dict[str, Any] = {"Authorization": served.bearer(case)}
    case.call_and_validate(base_url=served.url, headers=headers, timeout=PATIENCE, excluded_checks=BEYOND_A_SCHEMA)
