from uuid import UUID, uuid4

import pytest
from support.clinic import PASSWORD, Clinic, Person, told
from support.signing import THEO, WRONG, as_bearer, enrol, sign_in

NEW = "another long enough one"


async def change(clinic: Clinic, person: Person, current: str = PASSWORD, new: str = NEW) -> tuple[int, str]:
    body = {"current": current, "new": new}
    answer = await as_bearer(clinic, "PATCH", "/v1/account/password", person.tokens, json=body)
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


async def test_a_member_reads_their_account(clinic: Clinic, theo: Person) -> None:
    expected = {
        "id": theo.id,
        "name": THEO,
        "email": THEO,
        "role": "therapist",
        "totp": False,
        "recovery_codes": 0,
        "needs_second_factor": False,
    }
    assert await theo.get("/v1/account") == expected
    await enrol(clinic, theo.tokens)
    assert await theo.get("/v1/account") == {**expected, "totp": True, "recovery_codes": 10}


async def test_a_new_password_replaces_the_old_one_and_ends_all_other_sign_ins(clinic: Clinic, theo: Person) -> None:
    other = (await sign_in(clinic)).json()
    assert await change(clinic, theo) == (204, "")
    assert (await sign_in(clinic)).status_code == 401
    assert (await sign_in(clinic, password=NEW)).status_code == 200
    assert (await as_bearer(clinic, "GET", "/v1/account", other)).status_code == 401
    assert (await clinic.http.post("/v1/auth/refresh", json=other)).status_code == 401
    assert (await as_bearer(clinic, "GET", "/v1/account", theo.tokens)).status_code == 200


async def test_whoever_does_not_know_the_password_changes_nothing(clinic: Clinic, theo: Person) -> None:
    answers = [await change(clinic, theo, WRONG) for _ in range(12)]
    assert answers == [(403, "not_proven")] * 10 + [(429, "too_many_requests")] * 2
    assert (await sign_in(clinic)).status_code == 200


@pytest.mark.parametrize(
    "new, code",
    [
        ("fourteen chars", "short_password"),
        ("theo@clinic.example", "guessable_password"),
        ("theo theo theo theo", "guessable_password"),
        ("clinicclinicclinic", "guessable_password"),
        ("groundwork password", "guessable_password"),
        ("aaaaaaaaaaaaaaaaaaaa", "guessable_password"),
        ("Clinic-Theo-Example-2026", "guessable_password"),
        ("1qaz2wsx3edc4rfv", "guessable_password"),
        ("trustno1trustno1", "guessable_password"),
    ],
)
async def test_an_easy_password_is_refused(clinic: Clinic, theo: Person, new: str, code: str) -> None:
    answer = await as_bearer(
        clinic, "PATCH", "/v1/account/password", theo.tokens, json={"current": PASSWORD, "new": new}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/new"]
    assert (await sign_in(clinic)).status_code == 200


async def test_a_word_of_the_clinic_within_a_long_password_is_no_harm(clinic: Clinic, theo: Person) -> None:
    assert await change(clinic, theo, new="the clinic has seven quiet rooms") == (204, "")


async def test_a_member_lists_and_ends_their_own_sign_ins(clinic: Clinic, theo: Person) -> None:
    clinic.clock.move(minutes=1)
    other = (await sign_in(clinic)).json()
    newest, oldest = (await theo.get("/v1/account/sign-ins"))["items"]
    assert [each["current"] for each in (newest, oldest)] == [False, True]
    assert (newest["made_by"], newest["console"], newest["started_at"]) == ("password", False, "2026-06-01T12:01:00Z")
    ended = await theo.ask("DELETE", f"/v1/account/sign-ins/{newest['id']}")
    assert (ended.status_code, ended.content) == (204, b"")
    assert (await as_bearer(clinic, "GET", "/v1/account", other)).status_code == 401
    assert (await clinic.http.post("/v1/auth/refresh", json=other)).json()["code"] == "signed_out"
    assert [each["id"] for each in (await theo.get("/v1/account/sign-ins"))["items"]] == [oldest["id"]]


async def test_a_sign_in_of_somebody_else_is_not_there(clinic: Clinic, theo: Person, ana: Person) -> None:
    kim = await clinic.member(UUID(await house_of(clinic)), "kim@clinic.example")
    hers = (await kim.get("/v1/account/sign-ins"))["items"][0]["id"]
    nowhere = await theo.ask("DELETE", f"/v1/account/sign-ins/{uuid4()}")
    assert told(await theo.ask("DELETE", f"/v1/account/sign-ins/{hers}")) == told(nowhere)
    assert nowhere.status_code == 404
    assert (await kim.get("/v1/account"))["id"] == kim.id
    assert (await as_bearer(clinic, "GET", "/v1/account/sign-ins", ana.tokens)).status_code == 403


async def house_of(clinic: Clinic) -> str:
    from server.accounts import repository  # noqa: PLC0415 - one helper
    from server.db.unit import unit_of_work  # noqa: PLC0415 - same

    async with unit_of_work(clinic.sessions, writes=False) as session:
        (house,) = await repository.list_organisations(session)
    return str(house)
