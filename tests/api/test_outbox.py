import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import agenda, around, assign, change_session, item, plan_session

from server.accounts.models import DeviceRow, ZoneRow
from server.db.unit import unit_of_work
from server.practice.models import CompletionRow, VoidRow

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

DAY = timedelta(days=1)
URL = "/v1/me/outbox"
Item = dict[str, Any]


def void(practice: Item) -> Item:
    return {"id": practice["id"], "op": "void", "type": "completion"}


def zone(at: datetime, name: str) -> Item:
    return {"id": str(uuid4()), "op": "put", "type": "zone", "body": {"at": at.isoformat(), "zone": name}}


def by_hand(day: str, logged_at: datetime = NOON) -> Item:
    practice = completion(NOON, source="manual", practice_date=day, logged_at=logged_at.isoformat())
    del practice["body"]["started_at"]
    return practice


# What a scope holds when a phone is paired: the client, the zone they were added with, and the phone's.
BEGUN = 3
FIRST = BEGUN + 1


async def deliver(phone: Person, *items: Item, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await phone.post(URL, {"schema": 1, "items": list(items), **more})
    return answer


async def one(phone: Person, given: Item) -> dict[str, Any]:
    (result,) = await phone.push(given)
    return result


async def versions(clinic: Clinic, client: str) -> list[int]:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        kept = await session.scalars(select(CompletionRow.version).where(CompletionRow.client_id == UUID(client)))
        voided = await session.scalars(select(VoidRow.version).where(VoidRow.client_id == UUID(client)))
        zones = await session.scalars(select(ZoneRow.version).where(ZoneRow.client_id == UUID(client)))
        return [each for each in sorted([*kept, *voided, *zones]) if each >= FIRST]


async def delivered_at(clinic: Clinic, ana: Person) -> datetime | None:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return await session.scalar(select(DeviceRow.last_outbox_at).where(DeviceRow.client_id == UUID(ana.id)))


async def test_a_practice_is_stored_and_counts(ana: Person) -> None:
    practice = completion(NOON)
    answer = await deliver(ana, practice)
    assert answer["results"] == [{"status": "stored", "id": practice["id"], "version": FIRST, "counted": True}]
    assert (answer["version"], answer["server_time"]) == (FIRST, "2026-06-01T12:00:00Z")
    assert (await ana.get("/v1/me/streak"))["current"] == 1


async def test_the_same_again_is_a_duplicate_with_its_first_version(ana: Person) -> None:
    practice = completion(NOON)
    await ana.push(practice, completion(NOON - DAY))
    shuffled = {**practice, "body": dict(reversed(practice["body"].items()))}
    assert await one(ana, shuffled) == {"status": "duplicate", "id": practice["id"], "version": FIRST, "counted": True}


async def test_the_same_id_with_other_content_changes_nothing(ana: Person) -> None:
    practice = completion(NOON)
    await ana.push(practice)
    other = {**practice, "body": {**practice["body"], "outcome": "partial", "seconds": 1}}
    assert await one(ana, other) == {"status": "conflict", "id": practice["id"], "version": FIRST}
    assert (await one(ana, practice))["status"] == "duplicate"
    assert (await ana.get("/v1/me/streak"))["current"] == 1


async def test_a_field_of_tomorrow_is_kept_apart_by_its_content(ana: Person) -> None:
    practice = completion(NOON, weather="rain")
    assert (await one(ana, practice))["status"] == "stored"
    assert (await one(ana, practice))["status"] == "duplicate"
    dry = {**practice, "body": {**practice["body"], "weather": "sun"}}
    assert (await one(ana, dry))["status"] == "conflict"


async def test_every_item_is_answered_in_order(ana: Person) -> None:
    first, second, third = completion(NOON), completion(NOON - DAY), completion(NOON - 2 * DAY)
    broken = completion(NOON, zone="Mars/Olympus")
    other = {**first, "body": {**first["body"], "seconds": 239}}
    sent = [
        first,
        broken,
        first,
        second,
        void(second),
        second,
        void(third),
        third,
        other,
        zone(NOON - DAY, "Asia/Tokyo"),
    ]
    results = await ana.push(*sent)
    assert [each["id"] for each in results] == [each["id"] for each in sent]
    assert [each["status"] for each in results] == [
        "stored",
        "invalid",
        "duplicate",
        "stored",
        "voided",
        "voided",
        "voided",
        "voided",
        "conflict",
        "stored",
    ]
    assert [each["version"] - BEGUN if "version" in each else None for each in results] == [
        1,
        None,
        1,
        2,
        3,
        3,
        4,
        4,
        1,
        5,
    ]


async def test_a_void_takes_a_practice_back_for_ever(ana: Person) -> None:
    practice = completion(NOON)
    await ana.push(practice)
    assert await one(ana, void(practice)) == {"status": "voided", "id": practice["id"], "version": FIRST + 1}
    assert await one(ana, void(practice)) == {"status": "voided", "id": practice["id"], "version": FIRST + 1}
    assert await one(ana, practice) == {"status": "voided", "id": practice["id"], "version": FIRST + 1}
    assert (await ana.get("/v1/me/streak"))["current"] == 0


async def test_a_void_that_came_first_wins_over_the_practice(ana: Person) -> None:
    practice = completion(NOON)
    assert (await one(ana, void(practice)))["version"] == FIRST
    assert await one(ana, practice) == {"status": "voided", "id": practice["id"], "version": FIRST}
    assert (await ana.get("/v1/me/streak"))["current"] == 0


async def test_five_hundred_items_are_taken_in(ana: Person, clinic: Clinic) -> None:
    answer = await deliver(ana, *(completion(NOON - timedelta(minutes=each)) for each in range(500)))
    assert [each["status"] for each in answer["results"]] == ["stored"] * 500
    assert answer["version"] == BEGUN + 500
    assert await versions(clinic, ana.id) == list(range(FIRST, FIRST + 500))


async def test_more_than_five_hundred_are_refused_and_nothing_is_done(ana: Person, clinic: Clinic) -> None:
    practice = completion(NOON)
    answer = await ana.ask("POST", URL, json={"schema": 1, "items": [practice, *[void(practice)] * 500]})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await versions(clinic, ana.id) == []
    assert await delivered_at(clinic, ana) is None, "an outbox that was refused was not delivered"


async def test_more_than_256_kib_are_refused_and_nothing_is_done(ana: Person, clinic: Clinic) -> None:
    practice = completion(NOON)
    whole = msgspec.json.encode({"schema": 1, "items": [practice]})
    padded = whole.ljust(256 * 1024)
    typed = {"Content-Type": "application/json"}
    answer = await ana.ask("POST", URL, content=padded + b" ", headers=typed)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await versions(clinic, ana.id) == []
    assert (await ana.ask("POST", URL, content=padded, headers=typed)).status_code == 200, "control"


async def test_a_schema_of_tomorrow_is_refused(ana: Person) -> None:
    answer = await ana.ask("POST", URL, json={"schema": 2, "items": []})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/schema")


async def test_an_empty_outbox_is_a_delivery(ana: Person, theo: Person, clinic: Clinic) -> None:
    await assign(theo, ana)
    clinic.clock.move(days=3)
    streak = await ana.get("/v1/me/streak")
    assert (streak["state"], streak["missed"]) == ("quiet", [])
    assert [streak["neutral"][f"2026-06-0{n}"] for n in (1, 2, 3, 4)] == ["unknown"] * 3 + ["open"]
    answer = await deliver(ana)
    assert (answer["results"], answer["version"]) == ([], BEGUN + 1), "the assignment"
    streak = await ana.get("/v1/me/streak")
    assert streak["missed"] == ["2026-06-01", "2026-06-02", "2026-06-03"]
    assert streak["neutral"] == {"2026-06-04": "open"}


async def test_an_exercise_nobody_knows_is_stored_and_not_counted(ana: Person) -> None:
    result = await one(ana, completion(NOON, exercise="walk-on-water"))
    assert (result["status"], result["counted"], result["reason"]) == ("stored", False, "unknown_exercise")
    assert (await ana.get("/v1/me/streak"))["current"] == 0


async def test_a_clock_that_is_ahead_is_asked_about(ana: Person, clinic: Clinic) -> None:
    ahead = completion(NOON + timedelta(minutes=6))
    far = completion(datetime(2199, 1, 1, tzinfo=UTC))
    for practice in (ahead, far):
        result = await one(ana, practice)
        assert (result["status"], result["counted"], result["reason"]) == ("stored", False, "clock_ahead")
    clinic.clock.move(days=1)
    assert (await one(ana, ahead))["reason"] == "clock_ahead", "it does not begin to count when its time has come"
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["held"]) == (0, sorted([ahead["id"], far["id"]]))
    assert (await one(ana, completion(clinic.clock.at + timedelta(minutes=5))))["counted"], "control"


async def test_an_entry_by_hand_reaches_back_seven_days(ana: Person) -> None:
    seven, eight = by_hand("2026-05-25"), by_hand("2026-05-24")
    assert (await one(ana, seven))["counted"]
    late = await one(ana, eight)
    assert (late["status"], late["counted"], late["reason"]) == ("stored", False, "too_long_ago")
    streak = await ana.get("/v1/me/streak")
    assert (streak["ignored"], streak["longest"]) == ([eight["id"]], 1)


async def test_the_limit_is_reckoned_from_the_day_it_was_entered_not_from_its_delivery(
    ana: Person, clinic: Clinic
) -> None:
    clinic.clock.move(days=30)
    assert (await one(ana, by_hand("2026-05-25")))["counted"]


async def test_an_entry_by_hand_is_never_of_a_day_to_come(ana: Person) -> None:
    result = await one(ana, by_hand("2026-06-02"))
    assert result["status"] == "invalid"
    assert [(each["pointer"], each["code"]) for each in result["errors"]] == [
        ("/items/0/body/practice_date", "future_date")
    ]
    assert (await one(ana, by_hand("2026-06-01")))["counted"], "control"


async def test_fragments_of_a_day_count_once_together(ana: Person) -> None:
    for begun, current in ((100, 0), (80, 1), (180, 1)):
        practice = completion(NOON - timedelta(minutes=begun), outcome="partial", seconds=begun)
        result = await one(ana, practice)
        assert (result["counted"], result.get("reason")) == (False, "fragment")
        assert (await ana.get("/v1/me/streak"))["current"] == current


async def test_a_safe_stop_is_a_full_practice(ana: Person) -> None:
    assert (await one(ana, completion(NOON, outcome="safe_stop", seconds=5)))["counted"]


async def test_an_occurrence_is_known_or_it_is_not_and_practice_counts_all_the_same(theo: Person, ana: Person) -> None:
    await plan_session(theo, ana, NOON + 2 * DAY)
    await assign(theo, ana, item("land-now"), around(-1, 1))
    for planned in await agenda(ana):
        practice = completion(NOON, occurrence_id=planned["id"])
        result = await one(ana, practice)
        assert (result["counted"], result["occurrence_known"]) == (True, True)
        assert (await one(ana, practice))["occurrence_known"]
    strange = await one(ana, completion(NOON, occurrence_id=str(uuid4())))
    assert (strange["status"], strange["counted"], strange["occurrence_known"]) == ("stored", True, False)
    assert "occurrence_known" not in await one(ana, completion(NOON))


async def test_an_entry_by_hand_may_answer_an_occurrence(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, first=NOON.date() - DAY)
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}")
    practice = by_hand("2026-05-31")
    practice["body"]["occurrence_id"] = str(uuid5(UUID(made["items"][0]["id"]), "calendar/2026-05-31/any"))
    assert (await one(ana, practice))["occurrence_known"]


async def test_occurrences_of_any_age_are_looked_for_without_delay(theo: Person, ana: Person) -> None:
    await assign(theo, ana, *[item(times_of_day=["morning", "evening"])] * 40)
    ages = [datetime(1900, 1, 1, 12, tzinfo=UTC), NOON, datetime(2199, 12, 31, tzinfo=UTC)]
    results = await ana.push(*(completion(each, occurrence_id=str(uuid4())) for each in ages))
    assert [each["occurrence_known"] for each in results] == [False] * 3
    oldest = by_hand("0001-01-01")
    oldest["body"]["occurrence_id"] = str(uuid4())
    assert (await one(ana, oldest))["reason"] == "too_long_ago"


async def test_a_zone_is_reported_once(ana: Person) -> None:
    report = zone(NOON - timedelta(hours=1), "Asia/Tokyo")
    assert await one(ana, report) == {"status": "stored", "id": report["id"], "version": FIRST}
    assert await one(ana, report) == {"status": "duplicate", "id": report["id"], "version": FIRST}
    other = {**report, "body": {**report["body"], "zone": "Asia/Seoul"}}
    assert await one(ana, other) == {"status": "conflict", "id": report["id"], "version": FIRST}


async def test_a_zone_moves_later_days_and_never_earlier_ones(ana: Person, clinic: Clinic) -> None:
    evening = datetime(2026, 6, 1, 20, tzinfo=UTC)
    clinic.clock.at = evening
    await ana.push(completion(evening - DAY), completion(evening))
    before = await ana.get("/v1/me/streak/explain?from=2026-05-31&to=2026-06-01")
    await ana.push(zone(evening, "Asia/Tokyo"))
    streak = await ana.get("/v1/me/streak")
    assert (streak["today"], streak["current"]) == ("2026-06-02", 2)
    assert await ana.get("/v1/me/streak/explain?from=2026-05-31&to=2026-06-01") == before
    clinic.clock.move(minutes=10)
    await ana.push(completion(clinic.clock.at, zone="Asia/Tokyo"))
    assert (await ana.get("/v1/me/streak"))["current"] == 3


async def test_a_day_that_begins_later_moves_no_past_day(ana: Person, theo: Person) -> None:
    night = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
    early, late = completion(night - DAY), completion(night)
    await ana.push(early)
    changed = await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"day_start": "06:00:00"})
    assert changed.status_code == 200
    await ana.push(late)
    days = (await ana.get("/v1/me/streak/explain?from=2026-05-30&to=2026-06-01"))["days"]
    assert [each["kind"] for each in days] == ["outside", "practised", "not_due"], "both lie on the 31st of May"
    report = (await theo.get(f"/v1/clients/{ana.id}/report"))["intervals"][0]
    assert (report["figures"]["practised"], report["practices"][0]["times"]) == (1, 2)


async def test_versions_grow_without_gaps_and_the_epoch_stays(ana: Person, clinic: Clinic) -> None:
    chance = random.Random(7)  # noqa: S311 - a test's own dice
    practices = [completion(NOON - timedelta(hours=each)) for each in range(30)]
    pool = [*practices, *practices, *(void(each) for each in practices[::3]), {}, zone(NOON, "Asia/Tokyo")]
    chance.shuffle(pool)
    epochs, heads = set(), [0]
    while pool:
        batch, pool = pool[:7], pool[7:]
        answer = await deliver(ana, *batch)
        epochs.add(answer["epoch"])
        given = [each["version"] for each in answer["results"] if "version" in each]
        assert max([*given, heads[-1]]) == answer["version"]
        heads.append(answer["version"])
    assert heads == sorted(heads)
    assert len(epochs) == 1
    assert await versions(clinic, ana.id) == list(range(FIRST, heads[-1] + 1))


async def test_two_phones_of_one_client_write_one_ledger(ana: Person, theo: Person, clinic: Clinic) -> None:
    tablet = await clinic.pair(theo, ana.id)
    practice = completion(NOON)
    assert (await one(ana, practice))["version"] == FIRST + 1
    assert await one(tablet, practice) == {
        "status": "duplicate",
        "id": practice["id"],
        "version": FIRST + 1,
        "counted": True,
    }
    assert (await one(tablet, completion(NOON - DAY)))["version"] == FIRST + 2
    assert (await deliver(ana))["version"] == FIRST + 2
    assert await ana.get("/v1/me/streak") == await tablet.get("/v1/me/streak")


async def test_two_phones_at_once_leave_no_duplicate_and_no_gap(ana: Person, theo: Person, clinic: Clinic) -> None:
    tablet = await clinic.pair(theo, ana.id)
    shared_items = [completion(NOON - timedelta(hours=each)) for each in range(12)]
    own = [completion(NOON - timedelta(minutes=each)) for each in range(8)]
    phones = [ana, tablet, ana, tablet]
    answers = await asyncio.gather(
        *(deliver(phone, *shared_items, *own[2 * n : 2 * n + 2]) for n, phone in enumerate(phones))
    )
    told = [{each["id"]: each["version"] for each in answer["results"]} for answer in answers]
    statuses = [each["status"] for answer in answers for each in answer["results"]]
    assert (statuses.count("stored"), statuses.count("duplicate")) == (20, 36)
    assert all(version == told[0][key] for each in told for key, version in each.items() if key in told[0])
    assert await versions(clinic, ana.id) == list(range(FIRST, FIRST + 21))
    assert len({answer["epoch"] for answer in answers}) == 1


async def test_the_id_of_another_client_is_simply_unknown(ana: Person, theo: Person, clinic: Clinic) -> None:
    mara = await clinic.phone(theo, "Mara")
    practice = completion(NOON)
    await ana.push(practice)
    other = {**practice, "body": {**practice["body"], "seconds": 200}}
    assert await one(mara, other) == {"status": "stored", "id": practice["id"], "version": FIRST, "counted": True}
    assert (await one(mara, void(practice)))["version"] == FIRST + 1
    assert (await one(ana, practice))["status"] == "duplicate", "a stranger's void takes nothing back"


async def test_practice_for_a_cancelled_session_or_an_ended_assignment_is_kept(
    ana: Person, theo: Person, clinic: Clinic
) -> None:
    session = await plan_session(theo, ana, NOON + DAY)
    await assign(theo, ana, around(-1, -1), last=NOON.date())
    (planned,) = await agenda(ana)
    await change_session(theo, ana, session, status="cancelled")
    clinic.clock.move(days=2)
    result = await one(ana, completion(NOON + 2 * DAY, occurrence_id=planned["id"]))
    assert (result["status"], result["counted"], result["occurrence_known"]) == ("stored", True, False)


async def test_what_one_phone_sends_at_once_is_answered_as_if_it_had_come_in_turn(clinic: Clinic, ana: Person) -> None:
    practices = [completion(clinic.clock.at - n * timedelta(minutes=10)) for n in range(20)]
    told = await asyncio.gather(*(ana.push(each, practices[0]) for each in practices))
    statuses = sorted(result["status"] for results in told for result in results)
    assert statuses == ["duplicate"] * 20 + ["stored"] * 20
    versions = {result["id"]: result["version"] for results in told for result in results}
    assert len(set(versions.values())) == 20
    feed = await ana.get("/v1/me/changes", params={"limit": 500})
    assert {row["id"]: row["version"] for row in feed["items"] if row["kind"] == "completion"} == versions


async def test_a_push_beside_others_is_let_in_by_its_own_token(clinic: Clinic, ana: Person) -> None:
    forged = ana.tokens["access_token"][:-6] + "AAAAAA"
    body = {"schema": 1, "items": [completion(clinic.clock.at)]}
    answers = await asyncio.gather(
        *(
            clinic.http.post("/v1/me/outbox", json=body, headers={"Authorization": f"Bearer {token}"})
            for token in [ana.tokens["access_token"], forged] * 5
        )
    )
    assert [answer.status_code for answer in answers] == [200, 401] * 5
