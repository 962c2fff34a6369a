import httpx
from support.clinic import Clinic, Person, told


async def send(clinic: Clinic, method: str, path: str, token: str) -> httpx.Response:
    return await clinic.http.request(method, path, headers={"Authorization": f"Bearer {token}"})


async def test_signing_out_ends_both_tokens_at_once(clinic: Clinic, ana: Person) -> None:
    access, refresh = ana.tokens["access_token"], ana.tokens["refresh_token"]
    answer = await send(clinic, "POST", "/v1/auth/sign-out", access)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await send(clinic, "GET", "/v1/me", access)).status_code == 401
    refused = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": refresh})
    assert (refused.status_code, refused.json()["code"]) == (401, "signed_out")


async def test_signing_out_twice_is_refused_like_anybody(clinic: Clinic, ana: Person) -> None:
    access = ana.tokens["access_token"]
    await send(clinic, "POST", "/v1/auth/sign-out", access)
    again = await send(clinic, "POST", "/v1/auth/sign-out", access)
    assert told(again) == told(await clinic.http.post("/v1/auth/sign-out"))
    assert again.status_code == 401


async def test_signing_out_ends_nobody_elses_sign_in(clinic: Clinic, theo: Person, ana: Person) -> None:
    tablet = await clinic.pair(theo, ana.id)
    await send(clinic, "POST", "/v1/auth/sign-out", ana.tokens["access_token"])
    for person, path in ((tablet, "/v1/me"), (theo, "/v1/clients")):
        assert (await send(clinic, "GET", path, person.tokens["access_token"])).status_code == 200


async def test_staff_sign_out_too(clinic: Clinic, theo: Person) -> None:
    assert (await send(clinic, "POST", "/v1/auth/sign-out", theo.tokens["access_token"])).status_code == 204
    assert (await send(clinic, "GET", "/v1/clients", theo.tokens["access_token"])).status_code == 401


async def test_a_refresh_token_signs_nobody_out(clinic: Clinic, ana: Person) -> None:
    answer = await send(clinic, "POST", "/v1/auth/sign-out", ana.tokens["refresh_token"])
    assert answer.status_code == 401
    assert (await ana.get("/v1/me"))["id"] == ana.id
