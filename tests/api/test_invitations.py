from typing import Any
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import PASSWORD, Clinic, Person, told
from support.people import admin, secret_of

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
PATH = "/v1/invitations"
KIM = {"email": "Kim@clinic.example", "name": "Kim", "role": "therapist"}
NEW = "seven quiet herons wade"


async def invite(ada: Person, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ada.post(PATH, {**KIM, **given})
    return made


async def accept(clinic: Clinic, url: str, password: str = NEW) -> httpx.Response:
    return await clinic.http.post("/v1/auth/accept-invitation", json={"secret": secret_of(url), "password": password})


async def sign_in(clinic: Clinic, theo: Person, password: str = NEW) -> httpx.Response:
    body = {"email": "kim@clinic.example", "password": password, "organisation": theo.handle}
    return await clinic.http.post("/v1/auth/sign-in", json=body)


async def test_somebody_joins_by_a_link(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    made = await invite(ada)
    assert made["url"].startswith("http://localhost:8000/invitation#gwi_")
    assert made["invitation"] == {
        "id": made["invitation"]["id"],
        "email": "kim@clinic.example",
        "name": "Kim",
        "role": "therapist",
        "open": True,
        "made_at": "2026-06-01T12:00:00Z",
        "expires_at": "2026-06-04T12:00:00Z",
    }
    joined = await accept(clinic, made["url"])
    assert joined.status_code == 201
    assert joined.json() == {
        "id": joined.json()["id"],
        "name": "Kim",
        "email": "kim@clinic.example",
        "role": "therapist",
        "organisation": theo.handle,
    }
    assert (await sign_in(clinic, theo)).json()["subject_id"] == joined.json()["id"]


async def test_an_invitation_works_once_and_for_three_days(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    used = (await invite(ada))["url"]
    await accept(clinic, used)
    late = (await invite(ada, email="noor@clinic.example"))["url"]
    back = await invite(ada, email="lou@clinic.example")
    assert (await ada.ask("DELETE", f"{PATH}/{back['invitation']['id']}")).status_code == 204
    clinic.clock.move(hours=72)
    answers = [await accept(clinic, url) for url in (used, late, back["url"], "#gwi_none")]
    assert len({told(each) for each in answers}) == 1
    assert (answers[0].status_code, answers[0].json()["code"]) == (401, "wrong_invitation")
    await ada.sign_in_again()
    assert [each["open"] for each in (await ada.get(PATH))["items"]] == [False] * 3


async def test_a_second_invitation_ends_the_first(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    first, second = await invite(ada), await invite(ada, email="kim@CLINIC.example", role="author")
    assert (await accept(clinic, first["url"])).status_code == 401
    assert (await accept(clinic, second["url"])).json()["role"] == "author"


async def test_a_password_that_is_refused_leaves_the_invitation_open(clinic: Clinic, theo: Person) -> None:
    url = (await invite(await admin(clinic, theo)))["url"]
    for weak in ("short", "kim@clinic.example"):
        answer = await accept(clinic, url, weak)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/password")
    assert (await accept(clinic, url)).status_code == 201


async def test_a_member_cannot_be_invited_until_they_have_left(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    theo_again = {"email": "theo@clinic.example", "name": "Theo"}
    assert (await ada.ask("POST", PATH, json={**KIM, **theo_again})).json()["code"] == "known_email"
    await ada.ask("DELETE", f"/v1/members/{theo.id}")
    joined = (await accept(clinic, (await invite(ada, **theo_again))["url"])).json()
    assert joined["id"] != theo.id
    body = {"email": "theo@clinic.example", "password": PASSWORD, "organisation": theo.handle}
    assert (await clinic.http.post("/v1/auth/sign-in", json=body)).status_code == 401
    assert (await clinic.http.post("/v1/auth/sign-in", json={**body, "password": NEW})).status_code == 200


async def test_only_an_admin_who_has_just_proven_who_they_are_invites(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    assert (await theo.ask("POST", PATH, json=KIM)).status_code == 403
    assert (await theo.ask("GET", PATH)).status_code == 403
    clinic.clock.move(minutes=6)
    assert (await ada.ask("POST", PATH, json=KIM)).json()["code"] == "step_up_required"


async def test_an_invitation_of_another_clinic_is_not_there(clinic: Clinic, theo: Person) -> None:
    ada, handle = await admin(clinic, theo), f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@elsewhere.example", handle)
    theirs = await invite(await admin(clinic, nils, "olga"))
    answers = [await ada.ask("DELETE", f"{PATH}/{key}") for key in (theirs["invitation"]["id"], uuid4())]
    assert answers[0].status_code == 404
    assert told(answers[0]) == told(answers[1])
    assert (await accept(clinic, theirs["url"])).json()["organisation"] == handle
