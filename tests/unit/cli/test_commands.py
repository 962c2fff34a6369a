import json
import shutil
from pathlib import Path

import httpx
import pytest
from support.catalogue import Folder
from support.copies import invoke
from support.server import ROOT, groundwork, serving
from support.web import logging_kept

from server.demo import EMAIL, PASSWORD

VECTORS = ROOT / "tests" / "vectors" / "streaks.json"
WHO = ("--email", "theo@clinic.example", "--name", "Theo", "--password", "a long enough password")


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def migrated(data: str, sqlite_template: Path) -> str:
    """A folder with a database that needs no migration any more."""
    Path(data).mkdir()
    shutil.copyfile(sqlite_template, f"{data}/groundwork.db")
    assert invoke("migrate", GROUNDWORK_DATA=data).exit_code == 0
    return data


def test_all_worked_cases_of_streaks_get_their_expected_reports_in_full() -> None:
    answered = groundwork("conformance", "streaks", str(VECTORS))
    assert answered.returncode == 0
    expected = [{"id": each["id"], "report": each["expect"]} for each in json.loads(VECTORS.read_text())]
    assert [json.loads(line) for line in answered.stdout.splitlines()] == expected
    assert len(expected) == 23


def test_all_worked_cases_of_signals_get_their_expected_signals() -> None:
    vectors = VECTORS.with_name("signals.json")
    answered = invoke("conformance", "signals", str(vectors))
    assert answered.exit_code == 0
    expected = [{"id": each["id"], "signals": each["expect"]} for each in json.loads(vectors.read_text())]
    assert [json.loads(line) for line in answered.stdout.splitlines()] == expected
    assert len(expected) == 18


def test_the_people_of_the_conformance_set_get_their_expected_decisions() -> None:
    people = VECTORS.with_name("suitability.json")
    answered = invoke("conformance", "suitability", str(people))
    assert answered.exit_code == 0
    assert [json.loads(line) for line in answered.stdout.splitlines()] == json.loads(people.read_text())


def test_a_broken_case_is_named_and_keeps_no_other_from_its_answer(tmp_path: Path) -> None:
    cases = json.loads(VECTORS.read_text())[:2]
    cases[0]["case"]["now"] = "soon"
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases))
    answered = invoke("conformance", "streaks", str(file))
    first, second = (json.loads(line) for line in answered.stdout.splitlines())
    assert answered.exit_code == 1
    assert "now" in first["error"]
    assert second["report"] == cases[1]["expect"]


def test_a_wrong_setting_is_said_in_a_sentence() -> None:
    answered = groundwork("serve", GROUNDWORK_PORT="many", GROUNDWORK_DOKS="yes")
    assert answered.returncode == 1
    assert "GROUNDWORK_PORT must be a number from 0 to 65535." in answered.stderr
    assert "did you mean GROUNDWORK_DOCS?" in answered.stderr
    assert "Traceback" not in answered.stderr


def test_a_database_that_was_never_migrated_is_said_in_a_sentence(data: str) -> None:
    Path(data).mkdir()
    answered = invoke("serve", GROUNDWORK_DATA=data)
    assert (answered.exit_code, "groundwork migrate" in answered.stderr) == (1, True)
    assert isinstance(answered.exception, SystemExit)


def test_a_database_that_does_not_answer_is_said_in_a_sentence() -> None:
    answered = invoke("serve", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert answered.exit_code == 1
    assert "does not answer" in answered.stderr
    assert isinstance(answered.exception, SystemExit)


def test_an_admin_is_made_once_and_signs_in(migrated: str) -> None:
    assert groundwork("create-admin", *WHO, GROUNDWORK_DATA=migrated).returncode == 0
    again = invoke("create-admin", *WHO, GROUNDWORK_DATA=migrated)
    assert (again.exit_code, "already belongs to a member" in again.stderr) == (1, True)
    second = invoke("create-admin", *WHO, "--organisation", "other", GROUNDWORK_DATA=migrated)
    assert (second.exit_code, "A second one needs PostgreSQL" in second.stderr) == (1, True)
    with serving("serve", GROUNDWORK_DATA=migrated) as url:
        answer = httpx.post(f"{url}/v1/auth/sign-in", json={"email": WHO[1], "password": WHO[5]})
        assert answer.json()["role"] == "admin"


def test_a_therapist_needs_a_clinic_and_a_long_password(migrated: str) -> None:
    early = groundwork("create-therapist", *WHO, GROUNDWORK_DATA=migrated)
    assert (early.returncode, "Its admin comes first" in early.stderr) == (1, True)
    short = invoke("create-admin", *WHO[:4], "--password", "short", GROUNDWORK_DATA=migrated)
    assert (short.exit_code, "at least 15 characters" in short.stderr) == (1, True)


def pair_ana(url: str) -> dict[str, str]:
    """Pair a phone as the demo's therapist would."""
    signed_in = httpx.post(f"{url}/v1/auth/sign-in", json={"email": EMAIL, "password": PASSWORD}).json()
    theo = {"Authorization": f"Bearer {signed_in['access_token']}"}
    clients = httpx.get(f"{url}/v1/clients", headers=theo).json()["items"]
    ana = next(each["id"] for each in clients if each["name"] == "Ana")
    code = httpx.post(f"{url}/v1/clients/{ana}/pairing-codes", headers=theo).json()["code"]
    tokens: dict[str, str] = httpx.post(f"{url}/v1/auth/pair", json={"code": code, "zone": "Europe/Berlin"}).json()
    return tokens


def test_the_demo_signs_in_pairs_and_counts_and_serve_refuses_it(data: str) -> None:
    filled = invoke("demo", GROUNDWORK_DATA=data)
    assert filled.exit_code == 0, filled.stderr
    old = next(line.split(": ")[1].split(" (")[0] for line in filled.stdout.splitlines() if "pair Ana" in line)
    refused = invoke("serve", GROUNDWORK_DATA=f"{data}/demo")
    assert (refused.exit_code, "demo clinic" in refused.stderr) == (1, True)
    with serving("demo", "--serve", GROUNDWORK_DATA=data) as url:
        replaced = httpx.post(f"{url}/v1/auth/pair", json={"code": old, "zone": "Europe/Berlin"})
        assert replaced.status_code == 401
        bearer = {"Authorization": f"Bearer {pair_ana(url)['access_token']}"}
        streak = httpx.get(f"{url}/v1/me/streak", headers=bearer).json()
        assert streak["longest"] >= streak["current"] > 0
        assert len(streak["intervals"]) == 2
        assert groundwork("healthcheck", GROUNDWORK_PORT=url.rpartition(":")[2]).returncode == 0
    assert invoke("healthcheck", GROUNDWORK_PORT="1").exit_code == 1


def test_the_document_is_printed_as_it_is_served() -> None:
    assert invoke("openapi").stdout == (ROOT / "tests" / "contract" / "openapi.json").read_text()


def test_an_unknown_exercise_cannot_be_rendered(data: str) -> None:
    with logging_kept():
        answered = invoke("render", "no-such-exercise", GROUNDWORK_DATA=data)
    assert (answered.exit_code, "no such exercise" in answered.stderr) == (1, True)


def test_an_exercise_without_narration_is_named_and_is_no_failure(tmp_path: Path, data: str) -> None:
    content = str(Folder(tmp_path).path)
    kind = ("--technique", "grounding", "--track", "anxiety")
    invoke("new-exercise", "blue-cup", *kind, GROUNDWORK_CONTENT=content)
    with logging_kept():
        answered = invoke("render", "blue-cup", GROUNDWORK_DATA=data, GROUNDWORK_CONTENT=content)
    assert (answered.exit_code, answered.stdout.splitlines()) == (
        0,
        ["0 rendered, 0 there already, 0 impossible.", "Without narration, to be practised by text: blue-cup."],
    )
