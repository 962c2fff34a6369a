"""To a newer version of a set: the old assignment ends the day before, the new one begins."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import agenda, around, assign, change_assignment, change_set, item, move_assignment, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TODAY = NOON.date()
DAY = timedelta(days=1)


async def move(theo: Person, ana: Person, given: dict[str, Any], if_match: str | None, **body: Any) -> httpx.Response:
    headers = {"If-Match": if_match} if if_match else {}
    return await theo.ask("POST", f"/v1/clients/{ana.id}/assignments/{given['id']}/move", json=body, headers=headers)


async def next_version(theo: Person, given: dict[str, Any], *items: dict[str, Any]) -> dict[str, Any]:
    """Make the next version of what was given, with further items."""
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}?version={given['version']}")
    fields = ("id", "exercise", "length", "anchor", "from_day", "to_day", "times_of_day", "recurrence")
    kept = [{name: each[name] for name in fields} for each in made["items"]]
    return await change_set(theo, made, items=[*kept, *items])


async def test_the_old_one_ends_the_day_before_and_the_new_one_begins(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    given = await assign(theo, ana, item("land-now"), last=TODAY + 20 * DAY)
    await next_version(theo, given, item("soft-landing"))
    clinic.clock.move(days=2)
    moved = await move_assignment(theo, ana, given)
    assert (moved["version"], moved["from"], moved["to"], moved["revision"]) == (2, "2026-06-03", "2026-06-21", 1)
    old, new = (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"]
    assert (old["id"], old["to"], old["status"], old["revision"]) == (given["id"], "2026-06-02", "ended", 2)
    assert new == moved
    found = [(each["date"][-2:], each["exercise"]) for each in await agenda(ana, TODAY, TODAY + 2 * DAY)]
    assert found == [("01", "land-now"), ("02", "land-now"), ("03", "land-now"), ("03", "soft-landing")]


async def test_what_both_versions_have_keeps_its_occurrences(theo: Person, ana: Person, clinic: Clinic) -> None:
    await plan_session(theo, ana, NOON + 5 * DAY)
    every_third = item("land-now", recurrence={"type": "every_n_days", "n": 3})
    given = await assign(theo, ana, every_third, around(-2, 2, exercise="soft-landing"), item("follow-the-dot"))
    before = await agenda(ana, TODAY, TODAY + 20 * DAY)
    await next_version(theo, given)
    clinic.clock.move(days=1)
    moved = await move_assignment(theo, ana, given, **{"from": "2026-06-05"})
    assert moved["counted_from"] == "2026-06-01"
    after = await agenda(ana, TODAY, TODAY + 20 * DAY)
    assert [each["id"] for each in after] == [each["id"] for each in before]
    owners = {each["date"]: each["assignment_id"] for each in after}
    assert (owners["2026-06-04"], owners["2026-06-05"]) == (given["id"], moved["id"])


async def test_what_was_missed_before_stays_missed_and_what_was_kept_stays_kept(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    given = await assign(theo, ana)
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}")
    await change_set(theo, made, items=[item("land-now", recurrence={"type": "as_needed"})])
    clinic.clock.move(days=3)
    await ana.push(completion(NOON), completion(NOON + 2 * DAY))
    before = await ana.get("/v1/me/streak")
    await move_assignment(theo, ana, given)
    after = await ana.get("/v1/me/streak")
    assert [before[name] for name in ("current", "longest", "adherence")] == [
        after[name] for name in ("current", "longest", "adherence")
    ]
    assert (before["today_state"], after["today_state"]) == ("open", "not_due")


async def test_note_and_pause_go_along(theo: Person, ana: Person, clinic: Clinic) -> None:
    given = await assign(theo, ana)
    await next_version(theo, given)
    noted = await change_assignment(theo, ana, given, note="In your own time.", status="paused")
    clinic.clock.move(days=2)
    moved = await move_assignment(theo, ana, noted)
    assert (moved["note"], moved["status"]) == ("In your own time.", "paused")
    assert moved["pauses"] == [{"from": "2026-06-03"}]
    assert await agenda(ana) == []


async def test_a_move_names_the_revision_it_was_made_on(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    await next_version(theo, given)
    assert (await move(theo, ana, given, None)).status_code == 428
    assert (await move(theo, ana, given, '"r9"')).status_code == 412
    done = await move(theo, ana, given, '"r1"')
    assert (done.status_code, done.headers["etag"]) == (201, '"r1"')
    again = await move(theo, ana, given, "*")
    assert (again.status_code, again.json()["code"]) == (409, "assignment_ended")


async def test_a_move_leads_to_a_newer_version_only(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    answer = await move(theo, ana, given, "*")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_newer")
    await next_version(theo, given)
    answer = await move(theo, ana, given, "*", version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_newer")
    assert (await move(theo, ana, given, "*", version=3)).status_code == 404
    assert (await move(theo, ana, given, "*", version=2)).status_code == 201, "control"


NO_DAYS = ["2026-05-31", "2026-06-05", "9999-12-31"]


async def test_a_move_is_on_one_of_its_days_to_come(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, last=TODAY + 3 * DAY)
    await next_version(theo, given)
    for first in NO_DAYS:
        answer = await move(theo, ana, given, "*", **{"from": first})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/from"), first
    assert (await move(theo, ana, given, "*", **{"from": "2026-06-04"})).status_code == 201, "control"


async def test_an_assignment_of_nobody_is_not_found(theo: Person, ana: Person, clinic: Clinic) -> None:
    given = await assign(theo, ana)
    await next_version(theo, given)
    mara = await clinic.phone(theo, "Mara")
    assert (await move(theo, mara, given, "*")).status_code == 404
    assert (await move(theo, ana, {"id": str(uuid4())}, "*")).status_code == 404
    assert (await move(theo, ana, given, "*")).status_code == 201, "control"
