import asyncio
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import PASSWORD, Clinic, Person, told
from support.people import admin, colleague

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def test_staff_see_who_works_here(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    plain = [
        {"id": ada.id, "name": "ada@clinic.example", "role": "admin"},
        {"id": theo.id, "name": "theo@clinic.example", "role": "therapist"},
    ]
    assert await theo.get("/v1/members") == {"items": plain}
    assert await ada.get("/v1/members") == {"items": [{**each, "email": each["name"]} for each in plain]}


async def test_a_member_is_ended_at_their_next_request(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada = await admin(clinic, theo)
    assert (await ada.ask("DELETE", f"/v1/members/{theo.id}")).status_code == 204
    bearer = {"Authorization": f"Bearer {theo.tokens['access_token']}"}
    assert (await clinic.http.get("/v1/clients", headers=bearer)).status_code == 401
    again = {"email": "theo@clinic.example", "password": PASSWORD, "organisation": theo.handle}
    assert (await clinic.http.post("/v1/auth/sign-in", json=again)).status_code == 401
    (over,) = (await ana.get("/v1/me/care-team"))["items"]
    assert (over["name"], over["until"]) == ("theo@clinic.example", "2026-06-01T12:00:00Z")
    assert [each["id"] for each in (await ada.get("/v1/members"))["items"] if "ended_at" in each] == [theo.id]
    assert (await ada.ask("DELETE", f"/v1/members/{theo.id}")).status_code == 404


async def test_another_role_counts_from_the_next_request_on(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada = await admin(clinic, theo)
    answer = await ada.ask("PATCH", f"/v1/members/{theo.id}", json={"role": "author"})
    assert (answer.status_code, answer.json()["role"]) == (200, "author")
    assert (await theo.ask("GET", f"/v1/clients/{ana.id}")).status_code == 403
    await ada.ask("PATCH", f"/v1/members/{theo.id}", json={"role": "therapist"})
    assert (await theo.ask("GET", f"/v1/clients/{ana.id}")).status_code == 404


async def test_who_becomes_an_admin_goes_on_caring(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada = await admin(clinic, theo)
    await ada.ask("PATCH", f"/v1/members/{theo.id}", json={"role": "admin"})
    assert await theo.get(f"/v1/clients/{ana.id}")


async def test_authors_reviewers_and_researchers_see_no_client(clinic: Clinic, theo: Person, ana: Person) -> None:
    for role in ("author", "reviewer", "researcher"):
        other = await colleague(clinic, theo, role, role)
        for path in ("/v1/clients", f"/v1/clients/{ana.id}", f"/v1/clients/{ana.id}/report", "/v1/members"):
            assert (await other.ask("GET", path)).status_code == 403, (role, path)


async def test_a_clinic_keeps_an_admin(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    last = [
        await ada.ask("DELETE", f"/v1/members/{ada.id}"),
        await ada.ask("PATCH", f"/v1/members/{ada.id}", json={"role": "therapist"}),
    ]
    assert [(each.status_code, each.json()["code"]) for each in last] == [(409, "last_admin")] * 2
    assert (await ada.ask("PATCH", f"/v1/members/{ada.id}", json={"role": "admin"})).status_code == 200
    await admin(clinic, theo, "olga")
    assert (await ada.ask("DELETE", f"/v1/members/{ada.id}")).status_code == 204


async def test_two_admins_cannot_end_each_other_at_once(clinic: Clinic, theo: Person) -> None:
    ada, olga = await admin(clinic, theo), await admin(clinic, theo, "olga")

    async def end(one: Person, other: Person) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {one.tokens['access_token']}"}
        return await clinic.http.delete(f"/v1/members/{other.id}", headers=bearer)

    answers = await asyncio.gather(end(ada, olga), end(olga, ada))
    assert sorted(each.status_code for each in answers) in ([204, 401], [204, 409])


async def test_roles_are_for_an_admin_who_has_just_proven_who_they_are(clinic: Clinic, theo: Person) -> None:
    ada = await admin(clinic, theo)
    clinic.clock.move(minutes=6)
    for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
        answer = await ada.ask(method, f"/v1/members/{theo.id}", json=body)
        assert answer.json()["code"] == "step_up_required"
        assert (await theo.ask(method, f"/v1/members/{theo.id}", json=body)).status_code == 403


async def test_members_of_another_clinic_are_not_there(clinic: Clinic, theo: Person) -> None:
    ada, handle = await admin(clinic, theo), f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@elsewhere.example", handle)
    answers = [await ada.ask("DELETE", f"/v1/members/{who}") for who in (nils.id, uuid4())]
    assert answers[0].status_code == 404
    assert told(answers[0]) == told(answers[1])
    assert await nils.get("/v1/clients") == {"items": []}
