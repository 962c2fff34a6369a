"""What giving a set would mean: four weeks and what there is to know; nothing is saved."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.plans import agenda, around, assign, change_set, item, plan_session, practice_set

from server.accounts.models import RevisionRow, SyncHeadRow
from server.care.models import AssignmentRow, PracticeSetRow
from server.db.unit import unit_of_work

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TODAY = NOON.date()
DAY = timedelta(days=1)
# Nothing is known of the exercises' review yet, which every preview says.
ALWAYS = {"not_reviewed"}


async def ask(theo: Person, ana: Person, **body: Any) -> httpx.Response:
    return await theo.ask("POST", f"/v1/clients/{ana.id}/assignments:preview", json=body)


async def preview(theo: Person, ana: Person, *items: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await ask(theo, ana, **({"items": list(items)} if items else {}), **body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def found(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings by code, without those there always are; each code must be there once."""
    codes = [each["code"] for each in told["findings"] if each["code"] not in ALWAYS]
    assert len(codes) == len(set(codes))
    return {each["code"]: each for each in told["findings"] if each["code"] not in ALWAYS}


async def test_a_preview_is_four_weeks_around_the_sessions_there_are(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, NOON + 7 * DAY)
    told = await preview(theo, ana, item("land-now"), around(1, 2, exercise="evening-set-down", times_of_day=["night"]))
    assert (told["from"], told["to"]) == ("2026-06-01", "2026-06-28")
    assert len([each for each in told["occurrences"] if each["item"] == 0]) == 28
    anchored = [each for each in told["occurrences"] if each["item"] == 1]
    assert [(each["date"], each["slot"], each["session_id"]) for each in anchored] == [
        ("2026-06-09", "night", session["id"]),
        ("2026-06-10", "night", session["id"]),
    ]


async def test_a_preview_of_a_set_says_what_its_agenda_will(theo: Person, ana: Person) -> None:
    await plan_session(theo, ana, NOON + 7 * DAY)
    made = await practice_set(theo, item("land-now", times_of_day=["evening", "morning"]), around(-2, 2))
    told = await preview(theo, ana, practice_set_id=made["id"])
    body = {"practice_set_id": made["id"]}
    given = await theo.post(f"/v1/clients/{ana.id}/assignments", body)
    shown = await agenda(ana, TODAY, TODAY + 27 * DAY)
    for each in told["occurrences"]:
        del each["item"]
    assert [{**each, "assignment_id": given["id"]} for each in told["occurrences"]] == [
        {name: value for name, value in each.items() if name != "id"} for each in shown
    ]


async def rows(clinic: Clinic, ana: Person) -> list[Any]:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        head = await session.scalar(select(SyncHeadRow.version).where(SyncHeadRow.client_id == UUID(ana.id)))
        tables = (AssignmentRow, PracticeSetRow, RevisionRow)
        return [head, *[await session.scalar(select(func.count()).select_from(table)) for table in tables]]


async def test_a_preview_saves_nothing(theo: Person, ana: Person, clinic: Clinic) -> None:
    made = await practice_set(theo)
    await assign(theo, ana)
    before = [await rows(clinic, ana), await agenda(ana), (await theo.get("/v1/practice-sets"))["items"]]
    await preview(theo, ana, practice_set_id=made["id"])
    await preview(theo, ana, item("land-now"))
    assert [await rows(clinic, ana), await agenda(ana), (await theo.get("/v1/practice-sets"))["items"]] == before
    await assign(theo, ana)
    assert await rows(clinic, ana) != before[0], "control"


async def test_a_calm_set_has_nothing_to_say_but_that_nobody_has_reviewed_it(theo: Person, ana: Person) -> None:
    told = await preview(theo, ana, item("land-now"))
    assert [(each["code"], each["severity"], each["item"], each["exercise"]) for each in told["findings"]] == [
        ("not_reviewed", "info", 0, "land-now")
    ]


async def test_the_same_exercise_at_the_same_time_is_said(theo: Person, ana: Person) -> None:
    await assign(theo, ana, item("land-now", times_of_day=["evening"]), last=TODAY + DAY)
    assert found(await preview(theo, ana, item("land-now", times_of_day=["morning"]))) == {}, "control"
    told = found(await preview(theo, ana, {"any_of": ["soft-landing", "land-now"], "times_of_day": ["evening"]}))
    assert (told["overlap"]["exercise"], told["overlap"]["item"]) == ("land-now", 0)
    assert told["overlap"]["dates"] == ["2026-06-01", "2026-06-02"]


async def test_the_set_a_client_has_does_not_overlap_with_itself(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, item("land-now"))
    assert found(await preview(theo, ana, practice_set_id=given["practice_set_id"])) == {}


async def test_a_full_day_is_said_with_what_is_there_already(theo: Person, ana: Person) -> None:
    times = {"times_of_day": ["morning", "midday", "evening"], "length": "short"}
    await assign(theo, ana, item("land-now", **times), last=TODAY)
    assert "many_practices" not in found(await preview(theo, ana, item("soft-landing", length="short"))), "control: 4"
    told = found(await preview(theo, ana, item("follow-the-dot", target=2, length="short")))
    assert (told["many_practices"]["dates"], told["many_practices"]["severity"]) == (["2026-06-01"], "warn")
    wanted = item("follow-the-dot", recurrence={"type": "as_needed"}, target=5)
    assert "many_practices" not in found(await preview(theo, ana, wanted)), "there when wanted is no load"


async def test_a_long_day_is_said_in_minutes(theo: Person, ana: Person) -> None:
    long = item("soft-wave-breath", length="long", recurrence={"type": "weekdays", "days": [0]}, target=4)
    told = found(await preview(theo, ana, long))
    assert told["long_day"]["dates"] == ["2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22"]
    assert "30 minutes" in told["long_day"]["detail"]
    assert "long_day" not in found(await preview(theo, ana, {**long, "length": "short"})), "control"


async def test_a_day_of_treatment_takes_what_is_made_for_it(theo: Person, ana: Person) -> None:
    await plan_session(theo, ana, NOON + 7 * DAY)
    told = found(await preview(theo, ana, around(0, 0, exercise="hands-and-feet-scan")))
    assert (told["session_day"]["dates"], told["session_day"]["rule_id"]) == (["2026-06-08"], "R182")
    assert told["session_day"]["severity"] == "warn"
    assert found(await preview(theo, ana, around(0, 1, exercise="soft-landing"))) == {}, "made for it"
    other = around(0, 0, kind="integration", exercise="hands-and-feet-scan")
    assert found(await preview(theo, ana, other)) == {}, "no dosing session"


async def test_a_retired_set_is_said(theo: Person, ana: Person) -> None:
    made = await practice_set(theo, item("land-now"))
    await change_set(theo, made, retired=True)
    told = found(await preview(theo, ana, practice_set_id=made["id"]))
    assert told["set_retired"]["severity"] == "warn"
    assert found(await preview(theo, ana, practice_set_id=made["id"], version=1)) == {}, "control"


NO_PREVIEWS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/items", "one_of_two"),
    ({"items": []}, "/items", "wrong_length"),
    ({"items": [{"exercise": "walk-on-water"}]}, "/items/0/exercise", "unknown_exercise"),
    ({"items": [{"exercise": "land-now"}], "from": "9999-12-31"}, "/from", "out_of_range"),
    ({"items": [{"exercise": "land-now"}], "to": "2026-05-31"}, "/to", "out_of_range"),
]


async def test_a_preview_of_nothing_or_of_what_cannot_be_is_refused(theo: Person, ana: Person) -> None:
    for body, pointer, code in NO_PREVIEWS:
        answer = await ask(theo, ana, **body)
        assert (answer.status_code, [(each["pointer"], each["code"]) for each in answer.json()["errors"]]) == (
            400,
            [(pointer, code)],
        ), body
    made = await practice_set(theo)
    both = await ask(theo, ana, practice_set_id=made["id"], items=[item()])
    assert both.json()["errors"][0]["code"] == "one_of_two"


async def test_a_set_or_a_client_of_others_is_not_found(theo: Person, ana: Person, clinic: Clinic) -> None:
    handle = f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@other.example", handle)
    theirs = await practice_set(nils)
    assert (await ask(theo, ana, practice_set_id=theirs["id"])).status_code == 404
    assert (await ask(theo, ana, practice_set_id=str(uuid4()))).status_code == 404
    assert (await ask(nils, ana, items=[item()])).status_code == 404
    assert (await ask(theo, ana, items=[item()])).status_code == 200, "control"
