"""Ending, pausing and annotating what a client was given; the past stays as it was lived."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import agenda, assign, change_assignment, item

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TODAY = NOON.date()
DAY = timedelta(days=1)


async def change(theo: Person, ana: Person, given: dict[str, Any], if_match: str | None, **body: Any) -> httpx.Response:
    headers = {"If-Match": if_match} if if_match else {}
    return await theo.ask("PATCH", f"/v1/clients/{ana.id}/assignments/{given['id']}", json=body, headers=headers)


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def dates(ana: Person) -> list[str]:
    return [each["date"][-2:] for each in await agenda(ana, TODAY, TODAY + 6 * DAY)]


async def kinds(ana: Person, first: str, last: str) -> list[str]:
    explained = await ana.get(f"/v1/me/streak/explain?from={first}&to={last}")
    return [each["kind"] for each in explained["days"]]


async def test_a_change_names_the_revision_it_was_made_on(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    assert (await change(theo, ana, given, None, status="paused")).status_code == 428
    first = await change(theo, ana, given, '"r1"', status="paused")
    assert (first.status_code, first.json()["revision"], first.headers["etag"]) == (200, 2, '"r2"')
    assert (await change(theo, ana, given, '"r1"', status="active")).status_code == 412
    assert (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"] == [first.json()]
    assert (await change(theo, ana, given, '"r2"', status="active")).status_code == 200, "control"


async def test_a_last_day_is_set_and_moved(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    short = await change_assignment(theo, ana, given, to="2026-06-02")
    assert (short["to"], short["status"]) == ("2026-06-02", "active")
    assert await dates(ana) == ["01", "02"]
    longer = await change_assignment(theo, ana, short, to="2026-06-04")
    assert await dates(ana) == ["01", "02", "03", "04"]
    assert longer["revision"] == 3


async def test_the_past_stays_as_it_was_lived(theo: Person, ana: Person, clinic: Clinic) -> None:
    given = await assign(theo, ana, last=TODAY + DAY)
    answer = await change(theo, ana, given, '"r1"', to="2026-05-31")
    assert (answer.status_code, pointers(answer)) == (400, [("/to", "out_of_range")])
    clinic.clock.move(days=2)
    for body in ({"to": "2026-06-10"}, {"status": "active"}, {"status": "paused"}):
        answer = await change(theo, ana, given, '"r1"', **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "assignment_ended")
    assert (await change(theo, ana, given, '"r1"', note="A word.")).status_code == 200, "control"


async def test_whoever_ends_it_today_takes_nothing_back_and_asks_for_nothing_more(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    given = await assign(theo, ana)
    clinic.clock.move(days=2)
    await ana.push(*(completion(NOON + n * DAY) for n in range(3)))
    ended = await change_assignment(theo, ana, given, status="ended")
    assert (ended["to"], ended["status"]) == ("2026-06-03", "ended")
    assert await dates(ana) == ["01", "02"], "what was planned then stays in the agenda of then"
    assert (await ana.get("/v1/me/streak"))["current"] == 3
    clinic.clock.move(days=5)
    await ana.push()
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["today_state"]) == (3, "outside"), "the number stands still (R16)"
    assert await kinds(ana, "2026-06-03", "2026-06-05") == ["practised", "outside", "outside"]


async def test_a_day_it_ends_on_cannot_be_missed(theo: Person, ana: Person, clinic: Clinic) -> None:
    await change_assignment(theo, ana, await assign(theo, ana), status="ended")
    other = await clinic.phone(theo, "Mara")
    await assign(theo, other, last=TODAY)
    clinic.clock.move(days=1)
    await ana.push()
    await other.push()
    assert await kinds(ana, "2026-06-01", "2026-06-01") == ["not_due"]
    assert await kinds(other, "2026-06-01", "2026-06-01") == ["missed"], "control"


async def test_what_has_not_begun_ends_without_a_day(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, first=TODAY + 3 * DAY)
    assert given["status"] == "planned"
    ended = await change_assignment(theo, ana, given, status="ended")
    assert (ended["from"], ended["to"], ended["status"]) == ("2026-06-04", "2026-06-03", "ended")
    assert await dates(ana) == []


async def test_a_pause_of_one_assignment_sets_its_dates_aside_and_no_others(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    given = await assign(theo, ana, item("land-now"))
    await assign(theo, ana, item("soft-landing", recurrence={"type": "weekdays", "days": [2]}))
    clinic.clock.move(days=1)
    paused = await change_assignment(theo, ana, given, status="paused")
    assert (paused["status"], paused["pauses"]) == ("paused", [{"from": "2026-06-02"}])
    assert await dates(ana) == ["01", "03"], "the other one goes on"
    clinic.clock.move(days=3)
    active = await change_assignment(theo, ana, paused, status="active")
    assert (active["status"], active["pauses"]) == ("active", [{"from": "2026-06-02", "to": "2026-06-04"}])
    assert await dates(ana) == ["01", "03", "05", "06", "07"]
    clinic.clock.move(days=1)
    await ana.push()
    assert await kinds(ana, "2026-06-01", "2026-06-05") == ["missed", "not_due", "missed", "not_due", "missed"]


async def test_a_pause_taken_back_on_its_day_was_none(theo: Person, ana: Person) -> None:
    paused = await change_assignment(theo, ana, await assign(theo, ana), status="paused")
    again = await change_assignment(theo, ana, paused, status="paused")
    assert again["pauses"] == [{"from": "2026-06-01"}], "paused once"
    active = await change_assignment(theo, ana, again, status="active")
    assert (active["pauses"], len(await dates(ana))) == ([], 7)


async def test_practice_within_a_pause_counts_and_is_a_bonus(theo: Person, ana: Person, clinic: Clinic) -> None:
    given = await assign(theo, ana)
    await ana.push(completion(NOON))
    await change_assignment(theo, ana, given, status="paused")
    clinic.clock.move(days=1)
    await ana.push(completion(NOON + DAY))
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["today_state"]) == (2, "practised")
    assert "adherence" not in streak, "nothing was due (R14)"


async def test_a_note_reaches_the_client_and_goes_again(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    noted = await change_assignment(theo, ana, given, note="Whenever it suits you.")
    assert noted["note"] == "Whenever it suits you."
    told = [{"assignment_id": given["id"], "note": "Whenever it suits you."}]
    assert (await ana.get("/v1/me/agenda"))["notes"] == told
    assert (await theo.get(f"/v1/clients/{ana.id}/agenda"))["notes"] == told
    assert (await ana.get("/v1/me/agenda?from=2026-05-01&to=2026-05-31"))["notes"] == [], "not of its days"
    gone = await change_assignment(theo, ana, noted, note="")
    assert "note" not in gone
    assert (await ana.get("/v1/me/agenda"))["notes"] == []


async def test_a_note_may_come_with_the_assignment_and_has_500_characters(theo: Person, ana: Person) -> None:
    made = await theo.post("/v1/practice-sets", {"title": "A set", "items": [item()]})
    body = {"practice_set_id": made["id"], "note": "x" * 500}
    given = await theo.post(f"/v1/clients/{ana.id}/assignments", body)
    assert given["note"] == "x" * 500
    answer = await change(theo, ana, given, '"r1"', note="x" * 501)
    assert (answer.status_code, pointers(answer)) == (400, [("/note", "wrong_length")])


async def test_an_assignment_of_nobody_is_not_found(theo: Person, ana: Person, clinic: Clinic) -> None:
    given = await assign(theo, ana)
    mara = await clinic.phone(theo, "Mara")
    assert (await change(theo, ana, {"id": str(uuid4())}, "*", status="paused")).status_code == 404
    assert (await change(theo, mara, given, "*", status="paused")).status_code == 404
    assert (await change(theo, ana, given, "*", status="paused")).status_code == 200, "control"
