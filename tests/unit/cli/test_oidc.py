import shutil
from pathlib import Path

import pytest
from support.clinic import cheap_passwords
from support.copies import invoke
from support.server import groundwork

SECRET = "a canary secret"
WHO = ("--email", "theo@clinic.example", "--name", "Theo", "--password", "a long enough password")
SET = ("oidc", "set", "--organisation", "clinic", "--client-id", "groundwork")


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> str:
    """A folder with an admin's clinic, in a database that needs no migration any more."""
    shutil.copyfile(sqlite_template, tmp_path / "groundwork.db")
    with cheap_passwords():
        for command in (("migrate",), ("create-admin", *WHO)):
            done = invoke(*command, GROUNDWORK_DATA=str(tmp_path))
            assert done.exit_code == 0, done.output
    return str(tmp_path)


def stored(data: str) -> bytes:
    return b"".join(each.read_bytes() for each in Path(data).glob("groundwork.db*"))


def test_a_provider_is_set_with_a_secret_from_standard_input_and_removed(data: str) -> None:
    issuer = "https://sso.clinic.example"
    done = groundwork(*SET, "--issuer", issuer, given=f"{SECRET}\n", GROUNDWORK_DATA=data)
    assert done.returncode == 0, done.stderr
    assert "http://localhost:8000/sign-in/oidc" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert issuer.encode() in stored(data)
    assert SECRET.encode() not in stored(data)
    assert invoke("oidc", "remove", "--organisation", "clinic", GROUNDWORK_DATA=data).exit_code == 0
    verified = invoke("audit", "verify", GROUNDWORK_DATA=data)
    assert (verified.exit_code, "whole" in verified.stdout) == (0, True)


def test_what_cannot_be_set_is_said_in_a_sentence(data: str) -> None:
    for issuer, secret, sentence in (
        ("http://sso.clinic.example", SECRET, "must be an https:// URL"),
        ("https://sso.clinic.example?a=b", SECRET, "must be an https:// URL"),
        ("https://sso.clinic.example", "", "client secret"),
    ):
        wrong = invoke(*SET, "--issuer", issuer, given=secret, GROUNDWORK_DATA=data)
        assert (wrong.exit_code, sentence in wrong.stderr, type(wrong.exception)) == (1, True, SystemExit)
    elsewhere = invoke("oidc", "remove", "--organisation", "elsewhere", GROUNDWORK_DATA=data)
    assert (elsewhere.exit_code, "no clinic" in elsewhere.stderr) == (1, True)


def test_no_option_takes_a_secret() -> None:
    told = invoke("oidc", "set", "--help").stdout
    assert "--issuer" in told
    assert "--secret" not in told
    assert "--client-secret" not in told
