import subprocess
import sys

# What only some clinics ever need, and what would be half of the server's start.
LATE = {"webauthn", "authlib", "joserfc", "cbor2", "httpx", "zxcvbn", "icalendar", "snowballstemmer"}
PROGRAM = f"import server.app, sys; print(*sorted({LATE!r} & set(sys.modules)))"


def imported(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own


def test_a_server_starts_without_the_libraries_that_are_seldom_needed() -> None:
    assert imported(PROGRAM) == ""
    assert imported(f"import webauthn; {PROGRAM}") == "cbor2 webauthn"
