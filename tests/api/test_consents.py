from datetime import timedelta
from typing import Any
from uuid import uuid4

from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion, told
from support.problems import words

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
PATH = "/v1/me/consents"
HOUR = timedelta(hours=1)


async def share(ana: Person, scope: str = "notes", **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ana.post(PATH, {"scope": scope, **given})
    return made


async def sees_notes(reader: Person, ana: Person) -> bool:
    return "notes" in (await reader.get(f"/v1/clients/{ana.id}/report"))["intervals"][0]


async def test_nothing_is_shared_by_itself(theo: Person, ana: Person) -> None:
    assert await ana.get(PATH) == {"items": []}
    await ana.push(completion(NOON, note="Words of hers."))
    assert not await sees_notes(theo, ana)


async def test_a_consent_says_what_is_shared_with_whom_and_since_when(theo: Person, ana: Person) -> None:
    whole = await share(ana, "streak")
    assert whole == {
        "id": whole["id"],
        "scope": "streak",
        "purpose": "care",
        "grantee": "care_team",
        "from": "2026-06-01T12:00:00Z",
        "holds": True,
    }
    one = await share(ana, member_id=theo.id, expires=(NOON + HOUR).isoformat())
    assert one == {
        **whole,
        "id": one["id"],
        "scope": "notes",
        "grantee": "member",
        "member_id": theo.id,
        "expires": "2026-06-01T13:00:00Z",
    }
    assert await ana.get(PATH) == {"items": [one, whole]}


async def test_a_revocation_counts_at_the_next_request_and_stays_in_the_ledger(theo: Person, ana: Person) -> None:
    consent = await share(ana)
    assert await sees_notes(theo, ana)
    answer = await ana.ask("DELETE", f"{PATH}/{consent['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not await sees_notes(theo, ana)
    over = {**consent, "holds": False, "revoked_at": "2026-06-01T12:00:00Z"}
    assert await ana.get(PATH) == {"items": [over]}


async def test_revoking_again_changes_nothing(clinic: Clinic, ana: Person) -> None:
    consent = await share(ana)
    await ana.ask("DELETE", f"{PATH}/{consent['id']}")
    before = await ana.get(PATH)
    clinic.clock.move(minutes=5)
    assert (await ana.ask("DELETE", f"{PATH}/{consent['id']}")).status_code == 204
    assert await ana.get(PATH) == before


async def test_a_consent_ends_at_the_instant_it_expires(clinic: Clinic, theo: Person, ana: Person) -> None:
    await share(ana, expires=(NOON + HOUR).isoformat())
    clinic.clock.at = NOON + HOUR - timedelta(microseconds=1)
    assert await sees_notes(theo, ana)
    clinic.clock.at = NOON + HOUR
    assert not await sees_notes(theo, ana)
    (over,) = (await ana.get(PATH))["items"]
    assert (over["holds"], "revoked_at" in over) == (False, False)


async def test_a_new_consent_takes_the_place_of_the_one_before(clinic: Clinic, theo: Person, ana: Person) -> None:
    older = await share(ana)
    clinic.clock.move(minutes=1)
    newer = await share(ana, expires=(NOON + HOUR).isoformat())
    assert [(each["id"], each["holds"]) for each in (await ana.get(PATH))["items"]] == [
        (newer["id"], True),
        (older["id"], False),
    ]
    await ana.ask("DELETE", f"{PATH}/{newer['id']}")
    assert not await sees_notes(theo, ana)


async def test_what_is_shared_with_one_member_is_shared_with_no_other(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    mara = await clinic.phone(theo, "Mara")
    await share(ana, member_id=theo.id)
    assert await sees_notes(theo, ana)
    assert not await sees_notes(theo, mara)


async def test_nobody_outside_of_the_care_team_can_be_named(clinic: Clinic, ana: Person) -> None:
    other = await clinic.found(handle := f"other-{uuid4().hex[:12]}")
    nils = await clinic.member(other, "nils@elsewhere.example", handle)
    answers = [
        await ana.ask("POST", PATH, json={"scope": "notes", "member_id": id_}) for id_ in (nils.id, str(uuid4()))
    ]
    assert answers[0].status_code == 404
    assert told(answers[0]) == told(answers[1])
    assert await ana.get(PATH) == {"items": []}


async def test_somebody_elses_consent_is_not_there(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = await share(mara)
    answers = [await ana.ask("DELETE", f"{PATH}/{id_}") for id_ in (hers["id"], uuid4())]
    assert answers[0].status_code == 404
    assert told(answers[0]) == told(answers[1])
    assert await sees_notes(theo, mara)


async def test_what_is_no_consent_is_pointed_at(ana: Person) -> None:
    for body, pointer in (
        ({"scope": "canary"}, "/scope"),
        ({}, "/scope"),
        ({"scope": "notes", "member_id": "canary"}, "/member_id"),
        ({"scope": "notes", "expires": NOON.isoformat()}, "/expires"),
        ({"scope": "notes", "expires": "2200-01-01T00:00:00Z"}, "/expires"),
        ({"scope": "notes", "expires": "2027-01-01T00:00:00"}, "/expires"),
    ):
        answer = await ana.ask("POST", PATH, json=body)
        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [pointer])
        assert "canary" not in words(answer)
    assert await ana.get(PATH) == {"items": []}


async def test_nobody_shares_for_a_client(theo: Person) -> None:
    assert (await theo.ask("POST", PATH, json={"scope": "notes"})).status_code == 403
    assert (await theo.ask("GET", PATH)).status_code == 403
