from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.plans import agenda, around, assign, item, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TODAY = NOON.date()
DAY_ORDER = ["any", "morning", "midday", "evening", "night"]
DAY = timedelta(days=1)
TUESDAY = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)


async def test_an_agenda_is_a_fortnight_from_today(theo: Person, ana: Person) -> None:
    await assign(theo, ana)
    answer = await ana.get("/v1/me/agenda")
    assert (answer["from"], answer["to"]) == ("2026-06-01", "2026-06-14")
    assert [each["date"] for each in answer["occurrences"]] == [(TODAY + n * DAY).isoformat() for n in range(14)]


async def test_a_client_without_a_plan_has_an_empty_agenda(ana: Person) -> None:
    assert await ana.get("/v1/me/agenda") == {"from": "2026-06-01", "to": "2026-06-14", "occurrences": [], "notes": []}


async def test_the_therapist_reads_the_same_agenda(theo: Person, ana: Person) -> None:
    await assign(theo, ana)
    assert await theo.get(f"/v1/clients/{ana.id}/agenda") == await ana.get("/v1/me/agenda")


async def test_today_is_the_client_s_and_begins_with_the_day(ana: Person, clinic: Clinic) -> None:
    clinic.clock.at = datetime(2026, 6, 2, 1, 59, tzinfo=UTC)
    assert (await ana.get("/v1/me/agenda"))["from"] == "2026-06-01"
    clinic.clock.move(minutes=1)
    assert (await ana.get("/v1/me/agenda"))["from"] == "2026-06-02"


async def test_a_zone_of_the_future_is_not_today_s(ana: Person, clinic: Clinic) -> None:
    clinic.clock.at = datetime(2026, 6, 1, 19, 30, tzinfo=UTC)
    report = {"at": "2036-01-01T00:00:00Z", "zone": "Asia/Tokyo"}
    (result,) = await ana.push({"id": str(uuid4()), "op": "put", "type": "zone", "body": report})
    assert result["status"] == "stored"
    assert (await ana.get("/v1/me/agenda"))["from"] == "2026-06-01", "it is 21:30 in Berlin, 04:30 in Tokyo"
    assert (await ana.get("/v1/me/streak"))["today"] == "2026-06-01"
    now = {"at": "2026-06-01T19:30:00Z", "zone": "Asia/Tokyo"}
    await ana.push({"id": str(uuid4()), "op": "put", "type": "zone", "body": now})
    assert (await ana.get("/v1/me/agenda"))["from"] == "2026-06-02", "control"
    assert (await ana.get("/v1/me/streak"))["today"] == "2026-06-02"


NO_SPANS = [
    ("from=2026-06-02&to=2026-06-01", "?to"),
    ("from=2026-06-01&to=2026-09-02", "?to"),
    ("to=2026-05-31", "?to"),
    ("from=0001-01-01", "?from"),
    ("from=9999-12-31", "?from"),
    ("from=9999-12-31&to=9999-12-31", "?from"),
    ("from=2026-06-01&to=9999-12-31", "?to"),
    ("to=0001-01-01", "?to"),
    ("from=yesterday", "?from"),
    ("to=2026-02-30", "?to"),
]


async def test_a_span_that_is_none_or_too_long_is_refused(ana: Person) -> None:
    for query, pointer in NO_SPANS:
        answer = await ana.ask("GET", f"/v1/me/agenda?{query}")
        assert answer.status_code == 400, query
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_span_of_92_days_is_the_longest(theo: Person, ana: Person) -> None:
    await assign(theo, ana)
    assert len(await agenda(ana, TODAY, TODAY + 92 * DAY)) == 93
    assert (await ana.ask("GET", "/v1/me/agenda?from=2026-06-01&to=2026-09-02")).status_code == 400


@pytest.mark.parametrize(
    "first, last", [(date(2026, 3, 28), date(2026, 3, 30)), (date(2026, 10, 24), date(2026, 10, 26))]
)
async def test_a_change_of_the_clocks_moves_no_date(theo: Person, clinic: Clinic, first: date, last: date) -> None:
    clinic.clock.at = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
    mara = await clinic.phone(theo, "Mara")
    await plan_session(theo, mara, datetime(first.year, first.month, first.day + 1, 20, tzinfo=UTC))
    await assign(theo, mara, around(-1, 1))
    days = [(first + n * DAY).isoformat() for n in range(3)]
    assert [each["date"] for each in await agenda(mara, first, last)] == days


async def test_the_ids_are_those_every_phone_can_work_out(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    given = await assign(theo, ana, item(times_of_day=["evening"]), around(-1, -1), last=TODAY)
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}")
    daily = UUID(made["items"][0]["id"])
    (only,) = await agenda(ana)
    assert only["id"] == str(uuid5(daily, "calendar/2026-06-01/evening"))
    await assign(theo, ana, around(-1, -1))
    anchored = next(each for each in await agenda(ana) if "session_id" in each)
    sets = (await theo.get("/v1/practice-sets"))["items"]
    item_of = {each["id"]: each["items"][-1]["id"] for each in sets}
    listed = (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"]
    mine = next(each for each in listed if each["id"] == anchored["assignment_id"])
    assert anchored["id"] == str(uuid5(UUID(item_of[mine["practice_set_id"]]), f"{session['id']}/-1/any"))


async def test_each_time_of_day_is_an_occurrence(theo: Person, ana: Person) -> None:
    await assign(theo, ana, item(times_of_day=["morning", "evening"]), last=TODAY)
    found = await agenda(ana)
    assert sorted(each["slot"] for each in found) == ["evening", "morning"]
    assert len({each["id"] for each in found}) == 2


async def test_what_is_as_needed_or_a_quota_is_offered_and_not_due(theo: Person, ana: Person) -> None:
    await assign(
        theo,
        ana,
        item("land-now", recurrence={"type": "as_needed"}),
        item("soft-landing", recurrence={"type": "weekly_quota", "n": 3}),
        item("follow-the-dot"),
        last=TODAY,
    )
    due = {each["exercise"]: each["due"] for each in await agenda(ana)}
    assert due == {"land-now": False, "soft-landing": False, "follow-the-dot": True}


async def test_a_set_that_is_given_twice_offers_each_practice_once(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, last=TODAY + DAY)
    body = {"practice_set_id": given["practice_set_id"], "from": "2026-06-02", "to": "2026-06-03"}
    await theo.post(f"/v1/clients/{ana.id}/assignments", body)
    found = await agenda(ana)
    assert [each["date"] for each in found] == ["2026-06-01", "2026-06-02", "2026-06-03"]


async def test_an_agenda_is_in_order_and_the_same_each_time(theo: Person, ana: Person) -> None:
    await plan_session(theo, ana, TUESDAY)
    for exercise in ("soft-landing", "land-now"):
        await assign(theo, ana, item(exercise, times_of_day=["night", "any"]), around(-3, 3, exercise=exercise))
    found = await agenda(ana)
    assert found == sorted(found, key=lambda each: (each["date"], DAY_ORDER.index(each["slot"])))
    assert [each["exercise"] for each in found[:2]] == ["soft-landing", "land-now"], "as they were assigned"
    assert found == await agenda(ana)


async def test_a_day_is_in_the_order_of_the_day(theo: Person, ana: Person) -> None:
    slots = ["night", "midday", "any", "evening", "morning"]
    await assign(theo, ana, item(times_of_day=slots), last=TODAY)
    assert [each["slot"] for each in await agenda(ana)] == DAY_ORDER


async def test_an_agenda_is_not_sent_again_while_nothing_changes(theo: Person, ana: Person) -> None:
    await assign(theo, ana)
    tag = (await ana.ask("GET", "/v1/me/agenda")).headers["etag"]
    assert (await ana.ask("GET", "/v1/me/agenda", headers={"If-None-Match": tag})).status_code == 304
    await assign(theo, ana, item("land-now"))
    assert (await ana.ask("GET", "/v1/me/agenda", headers={"If-None-Match": tag})).status_code == 200
