from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.plans import agenda, assign, item, practice_set

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TODAY = NOON.date()
DAY = timedelta(days=1)


async def give(theo: Person, ana: Person, **body: Any) -> httpx.Response:
    return await theo.ask("POST", f"/v1/clients/{ana.id}/assignments", json=body)


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_an_assignment_pins_the_version_and_begins_today(theo: Person, ana: Person) -> None:
    made = await practice_set(theo)
    given = (await give(theo, ana, practice_set_id=made["id"])).json()
    assert given == {
        "id": given["id"],
        "practice_set_id": made["id"],
        "version": 1,
        "title": "A set",
        "from": "2026-06-01",
        "status": "active",
        "revision": 1,
        "pauses": [],
    }
    assert (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"] == [given]


async def test_an_assignment_begins_on_the_client_s_date(theo: Person, clinic: Clinic) -> None:
    mara = await clinic.phone(theo, "Mara", "Pacific/Kiritimati")
    assert (await assign(theo, mara))["from"] == "2026-06-01"
    clinic.clock.move(hours=2)
    assert (await assign(theo, mara))["from"] == "2026-06-02", "four in the morning there"


async def test_an_assignment_has_its_first_and_its_last_day(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana, first=TODAY + DAY, last=TODAY + 3 * DAY)
    assert (given["from"], given["to"]) == ("2026-06-02", "2026-06-04")
    assert [each["date"] for each in await agenda(ana)] == ["2026-06-02", "2026-06-03", "2026-06-04"]


async def test_an_assignment_of_one_day_is_one_day(theo: Person, ana: Person) -> None:
    await assign(theo, ana, first=TODAY, last=TODAY)
    assert [each["date"] for each in await agenda(ana)] == ["2026-06-01"]


async def test_assignments_are_listed_oldest_first(theo: Person, ana: Person) -> None:
    later, sooner = await assign(theo, ana, first=TODAY + DAY), await assign(theo, ana, first=TODAY)
    assert (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"] == [sooner, later]


async def test_an_assignment_that_ends_before_it_begins_is_refused(theo: Person, ana: Person) -> None:
    made = await practice_set(theo)
    answer = await give(theo, ana, practice_set_id=made["id"], to="2026-05-31")
    assert (answer.status_code, pointers(answer)) == (400, [("/to", "out_of_range")])
    answer = await give(theo, ana, **{"practice_set_id": made["id"], "from": "2026-06-05", "to": "2026-06-04"})
    assert (answer.status_code, pointers(answer)) == (400, [("/to", "out_of_range")])


OUT_OF_REACH = ["0001-01-01", "2024-05-30", "2200-01-01", "9999-12-31"]


async def test_an_assignment_begins_within_reach(theo: Person, ana: Person) -> None:
    for first in OUT_OF_REACH:
        made = await practice_set(theo)
        answer = await give(theo, ana, **{"practice_set_id": made["id"], "from": first})
        assert (answer.status_code, pointers(answer)) == (400, [("/from", "out_of_range")]), first


async def test_an_assignment_may_go_back_two_years_and_end_with_the_calendar(theo: Person, ana: Person) -> None:
    made = await practice_set(theo, item(recurrence={"type": "weekly_quota", "n": 3}))
    answer = await give(theo, ana, **{"practice_set_id": made["id"], "from": "2024-05-31", "to": "9999-12-31"})
    assert answer.status_code == 201
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["today_state"]) == (0, "not_due")
    explained = await ana.get("/v1/me/streak/explain?from=2199-12-01&to=2199-12-31")
    assert len(explained["days"]) == 31


MALFORMED: list[tuple[dict[str, Any], str, str]] = [
    ({"practice_set_id": "x"}, "/practice_set_id", "wrong_format"),
    ({"practice_set_id": None}, "/practice_set_id", "wrong_type"),
    ({"version": 0}, "/version", "out_of_range"),
    ({"version": 2**31}, "/version", "out_of_range"),
    ({"version": 2**63}, "/version", "out_of_range"),
    ({"version": 10**40}, "/version", "out_of_range"),
    ({"from": "2026-02-30"}, "/from", "wrong_format"),
    ({"from": None}, "/from", "wrong_type"),
    ({"to": "tomorrow"}, "/to", "wrong_format"),
]


async def test_a_malformed_assignment_is_refused_by_field(theo: Person, ana: Person) -> None:
    for broken, pointer, code in MALFORMED:
        made = await practice_set(theo)
        answer = await give(theo, ana, **{"practice_set_id": made["id"], **broken})
        assert (answer.status_code, pointers(answer)) == (400, [(pointer, code)]), broken


async def test_a_set_or_a_version_that_is_not_there_is_not_found(theo: Person, ana: Person) -> None:
    made = await practice_set(theo)
    assert (await give(theo, ana, practice_set_id=str(uuid4()))).status_code == 404
    assert (await give(theo, ana, practice_set_id=made["id"], version=2)).status_code == 404
    assert (await give(theo, ana, practice_set_id=made["id"], version=1)).status_code == 201, "control"


async def test_the_set_of_another_clinic_is_not_found(theo: Person, ana: Person, clinic: Clinic) -> None:
    handle = f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@other.example", handle)
    theirs = await practice_set(nils)
    assert (await give(theo, ana, practice_set_id=theirs["id"])).status_code == 404
