import subprocess
import sys

# What only some clinics ever need, and what would be half of the server's start.
LATE = {"webauthn", "authlib", "joserfc", "cbor2", "httpx", "zxcvbn", "icalendar", "snowballstemmer"}
TELL = f"print(*sorted({LATE!r} & set(sys.modules)))"
PROGRAM = f"import server.app, sys; {TELL}; import webauthn; {TELL}"


def test_a_server_starts_without_the_libraries_that_are_seldom_needed() -> None:
    command = [sys.executable, "-c", PROGRAM]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    assert told.splitlines() == ["", "cbor2 webauthn"]
