"""Check-ins through the outbox, and who is shown what of them (content brief 6.1; decision 0017)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, check_in, completion
from support.people import let_in
from support.problems import words

from server.accounts.digest import added, term
from server.accounts.models import SyncHeadRow
from server.db.unit import unit_of_work

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
OWN = "/v1/me/check-ins"
DAY = timedelta(days=1)


def void(item: dict[str, Any]) -> dict[str, Any]:
    return {"id": item["id"], "op": "void", "type": item["type"]}


async def statuses(person: Person, *items: dict[str, Any]) -> list[str]:
    return [each["status"] for each in await person.push(*items)]


async def test_a_check_in_is_taken_once_in_any_way_it_comes(ana: Person) -> None:
    told = check_in(NOON, distress=4, presence=7, ease=5, mood_word="grey", not_ok=True)
    other = {**told, "body": {**told["body"], "distress": 5}}
    assert await statuses(ana, told, told, other) == ["stored", "duplicate", "conflict"]
    assert await statuses(ana, told, other) == ["duplicate", "conflict"]
    (kept,) = (await ana.get(OWN))["items"]
    assert kept == {
        "id": told["id"],
        "at": "2026-06-01T12:00:00Z",
        "practice_date": "2026-06-01",
        "distress": 4,
        "presence": 7,
        "ease": 5,
        "not_ok": True,
        "mood_word": "grey",
    }


async def test_everything_in_it_can_be_skipped(ana: Person) -> None:
    assert await statuses(ana, check_in(NOON)) == ["stored"]
    assert (await ana.get(OWN))["items"][0].keys() == {"id", "at", "practice_date"}


async def test_a_void_takes_a_check_in_back_whichever_came_first(ana: Person) -> None:
    first, second = check_in(NOON), check_in(NOON)
    assert await statuses(ana, first, void(first), first) == ["stored", "voided", "voided"]
    assert await statuses(ana, void(second), second) == ["voided", "voided"]
    assert (await ana.get(OWN))["items"] == []


async def test_the_scope_holds_each_check_in_once_and_what_was_taken_back_as_taken_back(
    clinic: Clinic, ana: Person
) -> None:
    before = await head(clinic, ana)
    kept, gone = check_in(NOON), check_in(NOON)
    await ana.push(kept, gone, void(gone), gone, kept)
    after = await head(clinic, ana)
    assert after.version == before.version + 3
    own = term(UUID(kept["id"]), before.version + 1, deleted=False)
    taken_back = term(UUID(gone["id"]), before.version + 3, deleted=True)
    assert after.digest == added(before.digest, own, taken_back)


async def head(clinic: Clinic, ana: Person) -> SyncHeadRow:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(SyncHeadRow).where(SyncHeadRow.client_id == UUID(ana.id))
        return (await session.scalars(query)).one()


async def test_the_practice_date_is_decided_once(theo: Person, ana: Person) -> None:
    night = NOON.replace(hour=0)
    await ana.push(check_in(night))
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"day_start": "00:00"})
    assert (await ana.get(OWN))["items"][0]["practice_date"] == "2026-05-31"


async def test_an_id_of_a_practice_is_no_id_of_a_check_in(ana: Person) -> None:
    practice, told = completion(NOON), check_in(NOON)
    await ana.push(practice, told)
    assert await statuses(ana, {**told, "id": practice["id"]}) == ["conflict"]
    assert await statuses(ana, {**practice, "id": told["id"]}, check_in(NOON)) == ["conflict", "stored"]


async def test_two_clients_may_use_one_id(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara, told = await clinic.phone(theo, "Mara"), check_in(NOON)
    assert await statuses(ana, told) == await statuses(mara, told) == ["stored"]
    await mara.push(void(told))
    assert len((await ana.get(OWN))["items"]) == 1


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"mood_word": "x" * 21}, "/items/0/body/mood_word"),
        ({"distress": 11}, "/items/0/body/distress"),
        ({"ease": -1}, "/items/0/body/ease"),
        ({"zone": "Mars/Olympus"}, "/items/0/body/zone"),
        ({"at": "1899-01-01T00:00:00Z"}, "/items/0/body/at"),
    ],
)
async def test_what_does_not_fit_is_pointed_at_and_stops_nobody(
    ana: Person, body: dict[str, Any], pointer: str
) -> None:
    wrong, right = await ana.push(check_in(NOON, **body), check_in(NOON))
    assert (wrong["status"], wrong["errors"][0]["pointer"], right["status"]) == ("invalid", pointer, "stored")


async def test_a_clock_that_died_is_no_reason_to_refuse(ana: Person) -> None:
    assert await statuses(ana, check_in(NOON - 20_000 * DAY), check_in(NOON + 900 * DAY)) == ["stored", "stored"]


async def test_staff_see_values_only_while_they_are_shared_and_words_only_with_the_notes(
    theo: Person, ana: Person
) -> None:
    path = f"/v1/clients/{ana.id}/check-ins"
    await ana.push(
        check_in(NOON, distress=4, mood_word="grey"),
        completion(NOON, distress_before=3, distress_after=2, change="better", unreal="passed"),
    )
    assert (await theo.get(path)).keys() == {"note"}
    shared_now = await ana.post("/v1/me/consents", {"scope": "check_ins"})
    told = await theo.get(path)
    assert {(each.get("distress"), each.get("change"), each.get("unreal")) for each in told["items"]} == {
        (4, None, None),
        (None, "better", "passed"),
    }
    assert "grey" not in words(await theo.ask("GET", path))
    await ana.post("/v1/me/consents", {"scope": "notes"})
    assert "grey" in words(await theo.ask("GET", path))
    await ana.ask("DELETE", f"/v1/me/consents/{shared_now['id']}")
    assert (await theo.get(path)).keys() == {"note"}


async def test_who_supports_sees_ratings_and_neither_words_nor_calls(clinic: Clinic, ana: Person) -> None:
    await ana.push(check_in(NOON, distress=4, mood_word="grey", not_ok=True), check_in(NOON - DAY, not_ok=True))
    link = await ana.post("/v1/me/support-persons", {"name": "Sam", "scopes": ["check_ins"]})
    sam = await let_in(clinic, link["pairing_link"]["url"])
    assert await sam.get("/v1/support/view") == {"check_ins": [{"practice_date": "2026-06-01", "distress": 4}]}


async def test_what_is_told_after_a_practice_is_content_and_kept(ana: Person) -> None:
    practice = completion(NOON, change="harder", unreal="still_here")
    assert await statuses(ana, practice, {**practice, "body": {**practice["body"], "change": "same"}}) == [
        "stored",
        "conflict",
    ]
    (kept,) = (await ana.get(OWN))["items"]
    assert (kept["change"], kept["unreal"], kept["exercise"]) == ("harder", "still_here", "here-in-this-room")
    wrong = completion(NOON, change="canary")
    (refused,) = await ana.push({**wrong, "id": str(uuid4())})
    assert (refused["status"], refused["errors"][0]["pointer"]) == ("invalid", "/items/0/body/change")


async def test_what_a_carer_entered_counts_and_is_marked(theo: Person, ana: Person) -> None:
    await ana.push(completion(NOON, source="proxy", distress_after=2), completion(NOON - DAY))
    report = await theo.get(f"/v1/clients/{ana.id}/report")
    (practised,) = report["intervals"][0]["practices"]
    assert practised == {"exercise": "here-in-this-room", "times": 2, "by_carer": 1}
    assert (await ana.get("/v1/me/streak"))["current"] == 2
    assert (await ana.get(OWN))["items"][0]["entered_by"] == "carer"
