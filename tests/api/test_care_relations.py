from uuid import uuid4

from support import lasting as shared
from support.clinic import Clinic, Person, told
from support.people import admin, colleague

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def sees(member: Person, client: Person) -> bool:
    return (await member.ask("GET", f"/v1/clients/{client.id}")).status_code == 200


async def add(member: Person, client: Person, other: str) -> int:
    answer = await member.ask("POST", f"/v1/clients/{client.id}/care-relations", json={"member_id": other})
    return answer.status_code


async def test_a_client_sees_who_cares_for_them(theo: Person, ana: Person) -> None:
    assert await ana.get("/v1/me/care-team") == {
        "items": [
            {
                "member_id": theo.id,
                "name": "theo@clinic.example",
                "role": "therapist",
                "since": "2026-06-01T12:00:00Z",
            }
        ]
    }


async def test_a_client_ends_care_alone_and_at_once(clinic: Clinic, theo: Person, ana: Person) -> None:
    clinic.clock.move(minutes=1)
    assert (await ana.ask("DELETE", f"/v1/me/care-team/{theo.id}")).status_code == 204
    assert not await sees(theo, ana)
    assert (await theo.get("/v1/clients"))["items"] == []
    (over,) = (await ana.get("/v1/me/care-team"))["items"]
    assert over["until"] == "2026-06-01T12:01:00Z"
    assert (await ana.ask("DELETE", f"/v1/me/care-team/{theo.id}")).status_code == 404


async def test_a_colleague_is_added_and_cares_from_the_next_request_on(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    kim = await colleague(clinic, theo, "kim")
    assert not await sees(kim, ana)
    clinic.clock.move(minutes=1)
    assert await add(theo, ana, kim.id) == 201
    assert await sees(kim, ana)
    assert await sees(theo, ana)
    team = await ana.get("/v1/me/care-team")
    assert [each["member_id"] for each in team["items"]] == [kim.id, theo.id]
    assert await kim.get(f"/v1/clients/{ana.id}/care-relations") == team


async def test_a_colleague_is_added_once(clinic: Clinic, theo: Person, ana: Person) -> None:
    kim = await colleague(clinic, theo, "kim")
    assert [await add(theo, ana, kim.id), await add(theo, ana, kim.id)] == [201, 409]


async def test_only_who_cares_for_a_client_adds_a_colleague(clinic: Clinic, theo: Person, ana: Person) -> None:
    kim = await colleague(clinic, theo, "kim")
    assert await add(kim, ana, kim.id) == 404
    assert not await sees(kim, ana)


async def test_who_sees_no_clients_cannot_be_added(clinic: Clinic, theo: Person, ana: Person) -> None:
    for role in ("author", "reviewer", "researcher"):
        other = await colleague(clinic, theo, role, role)
        assert await add(theo, ana, other.id) == 404, role
    assert await add(theo, ana, str(uuid4())) == 404


async def test_a_member_ends_their_own_care_and_no_other(clinic: Clinic, theo: Person, ana: Person) -> None:
    kim = await colleague(clinic, theo, "kim")
    await add(theo, ana, kim.id)
    assert (await theo.ask("DELETE", f"/v1/clients/{ana.id}/care-relations/mine")).status_code == 204
    assert (await sees(theo, ana), await sees(kim, ana)) == (False, True)
    assert (await theo.ask("DELETE", f"/v1/clients/{ana.id}/care-relations/mine")).status_code == 404


async def test_care_that_ended_can_begin_again_within_the_same_instant(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    kim = await colleague(clinic, theo, "kim")
    await add(theo, ana, kim.id)
    await ana.ask("DELETE", f"/v1/me/care-team/{kim.id}")
    assert not await sees(kim, ana)
    assert await add(theo, ana, kim.id) == 201
    assert await sees(kim, ana)


async def test_a_client_ends_nobody_elses_care(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    kim = await colleague(clinic, theo, "kim")
    await add(theo, mara, kim.id)
    answers = [await ana.ask("DELETE", f"/v1/me/care-team/{member}") for member in (kim.id, uuid4())]
    assert answers[0].status_code == 404
    assert told(answers[0]) == told(answers[1])
    assert await sees(kim, mara)


async def test_an_admin_hands_over_clients_without_seeing_who_they_are(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    mara = await clinic.phone(theo, "Mara")
    kim, ada = await colleague(clinic, theo, "kim"), await admin(clinic, theo)
    await add(theo, mara, kim.id)
    clinic.clock.move(minutes=1)
    assert await ada.post(f"/v1/members/{theo.id}/handover", {"to_member_id": kim.id}) == {"clients": 2}
    assert [await sees(theo, each) for each in (ana, mara)] == [False, False]
    assert [await sees(kim, each) for each in (ana, mara)] == [True, True]
    assert not await sees(ada, ana)
    assert [each["member_id"] for each in (await mara.get("/v1/me/care-team"))["items"]] == [kim.id, theo.id]


async def test_clients_are_handed_over_to_somebody_else_who_may_care(clinic: Clinic, theo: Person, ana: Person) -> None:
    ada, author = await admin(clinic, theo), await colleague(clinic, theo, "noor", "author")
    path = f"/v1/members/{theo.id}/handover"
    assert (await ada.ask("POST", path, json={"to_member_id": author.id})).status_code == 404
    assert (await ada.ask("POST", path, json={"to_member_id": str(uuid4())})).status_code == 404
    assert (await ada.ask("POST", path, json={"to_member_id": theo.id})).status_code == 409
    unknown = await ada.ask("POST", f"/v1/members/{uuid4()}/handover", json={"to_member_id": ada.id})
    assert unknown.status_code == 404
    assert await sees(theo, ana)


async def test_handing_over_needs_an_admin_who_has_just_proven_who_they_are(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    ada = await admin(clinic, theo)
    clinic.clock.move(minutes=6)
    path, body = f"/v1/members/{theo.id}/handover", {"to_member_id": ada.id}
    assert (await ada.ask("POST", path, json=body)).json()["code"] == "step_up_required"
    assert (await theo.ask("POST", path, json=body)).status_code == 403
    assert await sees(theo, ana)


async def test_what_was_shared_with_a_member_by_name_ends_with_their_care(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    kim = await colleague(clinic, theo, "kim")
    await add(theo, ana, kim.id)
    await ana.post("/v1/me/consents", {"scope": "notes", "member_id": kim.id})
    await ana.post("/v1/me/consents", {"scope": "notes", "member_id": theo.id})
    await ana.ask("DELETE", f"/v1/me/care-team/{kim.id}")
    await add(theo, ana, kim.id)
    consents = (await ana.get("/v1/me/consents"))["items"]
    assert [(each["member_id"], each["holds"]) for each in consents] == [(theo.id, True), (kim.id, False)]
