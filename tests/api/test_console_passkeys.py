"""A passkey at the console ends what it replaces: the cookie of a fresh proof, the sign-in that the browser held."""

from http.cookies import SimpleCookie
from typing import Any

import httpx
from support.authenticator import Authenticator
from support.clinic import PASSWORD, Clinic, Person

COOKIE = "__Host-groundwork"


async def signed_in(clinic: Clinic, device: Authenticator, held: str = "") -> httpx.Response:
    offered = (await clinic.http.post("/v1/auth/passkey/options")).json()
    headers = {"Cookie": f"{COOKIE}={held}"} if held else {}
    body = {"credential": device.use(offered)}
    answer = await clinic.http.post("/v1/auth/console/passkey", json=body, headers=headers)
    clinic.http.cookies.clear()
    assert answer.status_code == 200, answer.text
    return answer


def cookie_of(answer: httpx.Response) -> str:
    return SimpleCookie[str](answer.headers["set-cookie"])[COOKIE].value


async def ask(clinic: Clinic, method: str, path: str, cookie: str, csrf: str = "", **given: Any) -> httpx.Response:
    headers = {"Cookie": f"{COOKIE}={cookie}", "X-CSRF-Token": csrf}
    answer = await clinic.http.request(method, path, headers=headers, **given)
    clinic.http.cookies.clear()
    return answer


async def holds(clinic: Clinic, cookie: str) -> bool:
    return (await ask(clinic, "GET", "/v1/clients", cookie)).status_code == 200


async def with_passkey(theo: Person) -> Authenticator:
    device = Authenticator()
    await theo.post("/v1/auth/step-up", {"password": PASSWORD})
    made = device.create(await theo.post("/v1/account/passkeys/options"))
    await theo.post("/v1/account/passkeys", {"label": "My phone", "credential": made})
    return device


async def test_a_fresh_proof_by_passkey_replaces_the_cookie(clinic: Clinic, theo: Person) -> None:
    device = await with_passkey(theo)
    page = await signed_in(clinic, device)
    offered = (await clinic.http.post("/v1/auth/passkey/options")).json()
    old, csrf = cookie_of(page), page.json()["csrf_token"]
    body = {"credential": device.use(offered)}
    proven = await ask(clinic, "POST", "/v1/auth/step-up/passkey", old, csrf, json=body)
    assert (proven.status_code, set(proven.json())) == (200, {"until"})
    assert await holds(clinic, cookie_of(proven))
    assert not await holds(clinic, old)


async def test_signing_in_by_passkey_ends_what_the_browser_held(clinic: Clinic, theo: Person) -> None:
    device = await with_passkey(theo)
    older, elsewhere = [cookie_of(await signed_in(clinic, device)) for _ in range(2)]
    anew = cookie_of(await signed_in(clinic, device, held=older))
    assert [await holds(clinic, each) for each in (older, elsewhere, anew)] == [False, True, True]
