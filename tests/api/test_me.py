from base64 import urlsafe_b64decode, urlsafe_b64encode

import httpx
from support.clinic import Clinic, Person, told

from server.accounts.tokens import read_token


async def ask(clinic: Clinic, authorization: str | bytes | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await clinic.http.get("/v1/me", headers=headers)  # type: ignore[arg-type]  # a header may be bytes


async def test_a_phone_reads_what_it_needs_to_know_about_its_owner(clinic: Clinic, ana: Person) -> None:
    me = await ana.get("/v1/me")
    assert me == {
        "id": ana.id,
        "zone": "Europe/Berlin",
        "locale": "en",
        "day_start": "04:00",
        "mode": "standard",
        "display": "gentle",
        "silenced": False,
        "left_out": {"properties": [], "postures": []},
    }
    assert "Ana" not in str(me)
    answer = await ask(clinic, f"Bearer {ana.tokens['access_token']}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"]


async def test_every_token_that_does_not_work_is_answered_alike(clinic: Clinic, theo: Person, ana: Person) -> None:
    good = ana.tokens["access_token"]
    other = read_token(theo.tokens["access_token"], "gwa")
    own = read_token(good, "gwa")
    assert own
    assert other
    raw = urlsafe_b64decode(good.partition("_")[2])
    flipped = "gwa_" + urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    mixed = "gwa_" + urlsafe_b64encode(raw[:16] + other.sign_in.bytes + own.secret).decode()
    tries = {
        "nothing": None,
        "an empty field": "",
        "the scheme alone": "Bearer",
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "two tokens": f"Bearer {good} {good}",
        "a comma": f"Bearer {good}, Bearer {good}",
        "a refresh token": f"Bearer {ana.tokens['refresh_token']}",
        "a refresh token renamed": f"Bearer gwa_{ana.tokens['refresh_token'].partition('_')[2]}",
        "another word": f"Bearer gwx_{good.partition('_')[2]}",
        "cut off": f"Bearer {good[:-1]}",
        "cut in half": f"Bearer {good[: len(good) // 2]}",
        "a junk character": f"Bearer {good[:10]}!{good[10:]}",
        "more padding": f"Bearer {good}=",
        "not ASCII": f"Bearer {good}é".encode(),
        "invalid UTF-8": b"Bearer gwa_\xff\xfe",
        "one bit off": f"Bearer {flipped}",
        "another's sign-in": f"Bearer {mixed}",
        "zeros": f"Bearer gwa_{urlsafe_b64encode(bytes(64)).decode()}",
        "very long": f"Bearer gwa_{'A' * 8000}",
    }
    answers = {name: told(await ask(clinic, each)) for name, each in tries.items()}
    clinic.clock.move(minutes=15)
    answers["expired"] = told(await ask(clinic, f"Bearer {good}"))
    await ana.sign_in_again()
    answers["replaced"] = told(await ask(clinic, f"Bearer {good}"))
    newest = f"Bearer {ana.tokens['access_token']}"
    assert (await ask(clinic, newest)).status_code == 200
    await clinic.http.post("/v1/auth/sign-out", headers={"Authorization": newest})
    answers["ended"] = told(await ask(clinic, newest))
    assert {name: each for name, each in answers.items() if each != answers["nothing"]} == {}
    assert answers["nothing"][0] == 401


async def test_the_scheme_may_be_written_in_any_case(clinic: Clinic, ana: Person) -> None:
    for scheme in ("bearer", "BEARER", "Bearer"):
        assert (await ask(clinic, f"{scheme} {ana.tokens['access_token']}")).status_code == 200


async def test_an_access_token_works_for_15_minutes(clinic: Clinic, ana: Person) -> None:
    header = f"Bearer {ana.tokens['access_token']}"
    clinic.clock.move(minutes=15, microseconds=-1)
    assert (await ask(clinic, header)).status_code == 200
    clinic.clock.move(microseconds=1)
    refused = await ask(clinic, header)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"


async def test_a_therapist_is_no_client(theo: Person) -> None:
    assert (await theo.ask("GET", "/v1/me")).status_code == 403
