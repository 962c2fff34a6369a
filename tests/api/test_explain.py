from datetime import timedelta

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import assign, item, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

DAY = timedelta(days=1)
URL = "/v1/me/streak/explain"


async def test_the_usual_span_is_four_weeks_up_to_today(ana: Person) -> None:
    days = (await ana.get(URL))["days"]
    assert (days[0]["date"], days[-1]["date"], len(days)) == ("2026-05-05", "2026-06-01", 28)


async def test_a_last_date_alone_is_the_end_of_four_weeks(ana: Person) -> None:
    days = (await ana.get(f"{URL}?to=2026-03-01"))["days"]
    assert (days[0]["date"], days[-1]["date"]) == ("2026-02-02", "2026-03-01")


async def test_each_date_names_the_rule_that_decided(ana: Person, theo: Person, clinic: Clinic) -> None:
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"rest_days": 1})
    await assign(theo, ana, item(recurrence={"type": "weekdays", "days": [0, 1, 2, 3, 4, 5]}))
    await plan_session(theo, ana, NOON)
    clinic.clock.move(days=1)
    session = (await theo.get(f"/v1/clients/{ana.id}/sessions"))["items"][0]
    await theo.ask(
        "PATCH",
        f"/v1/clients/{ana.id}/sessions/{session['id']}",
        json={"status": "held"},
        headers={"If-Match": '"r1"'},
    )
    clinic.clock.move(days=3)
    await ana.push(completion(NOON + 2 * DAY))
    clinic.clock.move(days=3)
    days = (await ana.get(f"{URL}?from=2026-05-31&to=2026-06-09"))["days"]
    assert [(each["date"][-2:], each["kind"], each["rule"]) for each in days] == [
        ("31", "outside", "R16"),
        ("01", "dosing", "R4"),
        ("02", "rest", "R4"),
        ("03", "practised", "R2"),
        ("04", "missed", "R8"),
        ("05", "unknown", "R8"),
        ("06", "unknown", "R8"),
        ("07", "not_due", "R11"),
        ("08", "open", "R7"),
        ("09", "open", "R7"),
    ]


async def test_it_agrees_with_the_streak_on_every_date(ana: Person, theo: Person, clinic: Clinic) -> None:
    await assign(theo, ana, item(recurrence={"type": "weekly_quota", "n": 4}))
    await plan_session(theo, ana, NOON + 8 * DAY)
    clinic.clock.move(days=20)
    await ana.push(*(completion(NOON + n * DAY) for n in (0, 1, 2, 9, 10, 11, 12, 13, 18)))
    streak = await ana.get("/v1/me/streak")
    days = (await ana.get(f"{URL}?from=2026-06-01"))["days"]
    kinds = {each["date"]: each["kind"] for each in days}
    assert [day for day, kind in kinds.items() if kind == "missed"] == streak["missed"]
    assert {day: kind for day, kind in kinds.items() if kind not in {"practised", "missed"}} == streak["neutral"]
    assert kinds[streak["today"]] == streak["today_state"]
    assert sum(kind == "practised" for kind in kinds.values()) == 9


async def test_a_year_is_the_longest_span(ana: Person) -> None:
    assert len((await ana.get(f"{URL}?from=2026-01-01&to=2027-01-02"))["days"]) == 367
    assert (await ana.ask("GET", f"{URL}?from=2026-01-01&to=2027-01-03")).status_code == 400


NO_SPANS = [
    "from=2026-06-02&to=2026-06-01",
    "from=2026-06-02",
    "from=0001-01-01",
    "from=0001-01-01&to=0001-01-02",
    "to=0001-01-01",
    "from=9999-12-31",
    "from=9999-12-31&to=9999-12-31",
    "to=9999-12-31",
    "from=2199-12-31&to=2200-01-01",
]


async def test_a_span_that_is_none_or_too_long_is_refused(ana: Person) -> None:
    for query in NO_SPANS:
        answer = await ana.ask("GET", f"{URL}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?to"), query


@pytest.mark.parametrize("span", ["from=1900-01-01&to=1900-12-31", "from=2199-01-01&to=2199-12-31"])
async def test_the_ends_of_the_calendar_are_explained(ana: Person, theo: Person, span: str) -> None:
    await assign(theo, ana, item(recurrence={"type": "weekly_quota", "n": 2}))
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"rest_days": 3})
    assert len((await ana.get(f"{URL}?{span}"))["days"]) == 365
