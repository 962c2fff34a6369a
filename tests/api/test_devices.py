from uuid import uuid4

from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion, told

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def test_a_client_and_their_therapist_see_the_phones(clinic: Clinic, theo: Person, ana: Person) -> None:
    clinic.clock.move(minutes=1)
    second = await clinic.pair(theo, ana.id)
    await ana.push(completion(NOON))
    newer = {"id": second.tokens["device_id"], "paired_at": "2026-06-01T12:01:00Z"}
    older = {
        "id": ana.tokens["device_id"],
        "paired_at": "2026-06-01T12:00:00Z",
        "last_outbox_at": "2026-06-01T12:01:00Z",
    }
    assert await ana.get("/v1/me/devices") == {"items": [{**newer, "current": False}, {**older, "current": True}]}
    assert await theo.get(f"/v1/clients/{ana.id}/devices") == {
        "items": [{**newer, "current": False}, {**older, "current": False}]
    }


async def test_a_phone_that_was_ended_is_out_at_its_next_request(clinic: Clinic, theo: Person, ana: Person) -> None:
    second = await clinic.pair(theo, ana.id)
    path = f"/v1/me/devices/{second.tokens['device_id']}"
    assert (await ana.ask("DELETE", path)).status_code == 204
    bearer = {"Authorization": f"Bearer {second.tokens['access_token']}"}
    assert (await clinic.http.get("/v1/me", headers=bearer)).status_code == 401
    answer = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": second.tokens["refresh_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert await ana.get("/v1/me")
    (ended,) = [each for each in (await ana.get("/v1/me/devices"))["items"] if not each["current"]]
    assert ended["ended_at"] == "2026-06-01T12:00:00Z"


async def test_a_therapist_ends_a_lost_phone_and_pairs_another(clinic: Clinic, theo: Person, ana: Person) -> None:
    path = f"/v1/clients/{ana.id}/devices/{ana.tokens['device_id']}"
    assert (await theo.ask("DELETE", path)).status_code == 204
    clinic.clock.move(minutes=1)
    assert (await theo.ask("DELETE", path)).status_code == 204
    assert (await theo.get(f"/v1/clients/{ana.id}/devices"))["items"][0]["ended_at"] == "2026-06-01T12:00:00Z"
    again = await clinic.pair(theo, ana.id)
    assert (await again.get("/v1/me"))["id"] == ana.id


async def test_practice_of_an_ended_phone_is_taken_in_when_it_was_paired_again(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    queued = completion(NOON)
    await theo.ask("DELETE", f"/v1/clients/{ana.id}/devices/{ana.tokens['device_id']}")
    again = await clinic.pair(theo, ana.id)
    (kept,) = await again.push(queued)
    assert kept["status"] == "stored"


async def test_somebody_elses_phone_is_not_there(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = mara.tokens["device_id"]
    for person, path in ((ana, "/v1/me/devices"), (theo, f"/v1/clients/{ana.id}/devices")):
        answers = [await person.ask("DELETE", f"{path}/{device}") for device in (hers, uuid4())]
        assert answers[0].status_code == 404
        assert told(answers[0]) == told(answers[1])
    assert await mara.get("/v1/me")
