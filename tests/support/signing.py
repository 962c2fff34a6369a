"""Signing in by hand: passwords, codes of an authenticator app, and cookies."""

from datetime import datetime
from typing import Any
from unittest.mock import patch

import httpx
import pyotp
from support.clinic import PASSWORD, Clinic, Person

from server.auth import passwords

THEO, NOBODY = "theo@clinic.example", "nobody@clinic.example"
WRONG = "a wrong password, and long"


async def sign_in(clinic: Clinic, email: str = THEO, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await clinic.http.post("/v1/auth/sign-in", json={"email": email, "password": password, **more})


async def as_bearer(clinic: Clinic, method: str, path: str, tokens: dict[str, Any], **given: Any) -> httpx.Response:
    """Send a request as it is: unlike `Person.ask`, nobody signs in again behind it."""
    headers = {"Authorization": f"Bearer {tokens['access_token']}", **given.pop("headers", {})}
    return await clinic.http.request(method, path, headers=headers, **given)


async def step_up(clinic: Clinic, tokens: dict[str, Any], **proof: str) -> httpx.Response:
    return await as_bearer(clinic, "POST", "/v1/auth/step-up", tokens, json=proof or {"password": PASSWORD})


class App:
    """An authenticator app."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)

    def code(self, now: datetime, step: int = 0) -> str:
        return self._totp.at(now, counter_offset=step)


async def enrol(clinic: Clinic, tokens: dict[str, Any]) -> tuple[App, list[str]]:
    """Add an authenticator app; return it and the recovery codes. The clock has moved on a step."""
    await step_up(clinic, tokens)
    begun = await as_bearer(clinic, "POST", "/v1/account/second-factors/totp", tokens)
    assert begun.status_code == 201, begun.text
    app = App(begun.json()["secret"])
    code = {"code": app.code(clinic.clock.now())}
    confirmed = await as_bearer(clinic, "POST", "/v1/account/second-factors/totp/confirm", tokens, json=code)
    assert confirmed.status_code == 200, confirmed.text
    clinic.clock.move(seconds=30)
    return app, confirmed.json()["codes"]


async def enrolled(clinic: Clinic, person: Person) -> App:
    return (await enrol(clinic, person.tokens))[0]


async def challenged(clinic: Clinic, **more: Any) -> str:
    """Sign in by password and return the challenge of the second factor."""
    answer = (await sign_in(clinic, **more)).json()
    assert answer["outcome"] == "second_factor_needed", answer
    return str(answer["challenge"])


async def answer(clinic: Clinic, challenge: str, code: str) -> httpx.Response:
    return await clinic.http.post("/v1/auth/second-factor", json={"challenge": challenge, "code": code})


def counting_checks() -> Any:
    """Count the passwords that are really compared."""
    return patch.object(passwords, "_matches", wraps=passwords._matches)  # noqa: SLF001 - counts the hashing
