from pathlib import Path

import pytest
from support.server import groundwork

SECRET = "a canary secret"
WHO = ("--email", "theo@clinic.example", "--name", "Theo", "--password", "a long enough password")
SET = ("oidc", "set", "--organisation", "clinic", "--client-id", "groundwork")


@pytest.fixture
def data(tmp_path: Path) -> str:
    folder = str(tmp_path / "data")
    assert groundwork("migrate", GROUNDWORK_DATA=folder).returncode == 0
    assert groundwork("create-admin", *WHO, GROUNDWORK_DATA=folder).returncode == 0
    return folder


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
    assert groundwork("oidc", "remove", "--organisation", "clinic", GROUNDWORK_DATA=data).returncode == 0
    verified = groundwork("audit", "verify", GROUNDWORK_DATA=data)
    assert (verified.returncode, "whole" in verified.stdout) == (0, True)


def test_what_cannot_be_set_is_said_in_a_sentence(data: str) -> None:
    for issuer, secret, sentence in (
        ("http://sso.clinic.example", SECRET, "must be an https:// URL"),
        ("https://sso.clinic.example?a=b", SECRET, "must be an https:// URL"),
        ("https://sso.clinic.example", "", "client secret"),
    ):
        wrong = groundwork(*SET, "--issuer", issuer, given=secret, GROUNDWORK_DATA=data)
        assert (wrong.returncode, sentence in wrong.stderr, "Traceback" in wrong.stderr) == (1, True, False)
    elsewhere = groundwork("oidc", "remove", "--organisation", "elsewhere", GROUNDWORK_DATA=data)
    assert (elsewhere.returncode, "no clinic" in elsewhere.stderr) == (1, True)


def test_no_option_takes_a_secret() -> None:
    told = groundwork("oidc", "set", "--help").stdout
    assert "--secret" not in told
    assert "--client-secret" not in told
