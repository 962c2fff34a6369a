from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.plans import agenda, around, assign, change_session, plan_session
from support.problems import words

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TUESDAY = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def add(theo: Person, ana: Person, **body: Any) -> httpx.Response:
    whole = {"kind": "dosing", "starts_at": TUESDAY.isoformat(), **body}
    return await theo.ask("POST", f"/v1/clients/{ana.id}/sessions", json=whole)


async def change(theo: Person, ana: Person, session: str, if_match: str | None, **body: Any) -> httpx.Response:
    headers = {"If-Match": if_match} if if_match else {}
    return await theo.ask("PATCH", f"/v1/clients/{ana.id}/sessions/{session}", json=body, headers=headers)


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_session_is_noted_and_listed_oldest_first(theo: Person, ana: Person) -> None:
    late = await plan_session(theo, ana, TUESDAY)
    early = await plan_session(theo, ana, TUESDAY - 3 * DAY, kind="preparation", zone="Asia/Tokyo")
    assert (late["status"], late["revision"], late["zone"]) == ("scheduled", 1, "Europe/Berlin")
    assert "decided_at" not in late
    listed = await theo.get(f"/v1/clients/{ana.id}/sessions")
    assert listed["items"] == [early, late]


async def test_a_change_names_the_revision_it_was_made_on(theo: Person, ana: Person) -> None:
    added = await add(theo, ana)
    session, tag = added.json()["id"], added.headers["etag"]
    moved = {"starts_at": (TUESDAY + DAY).isoformat()}
    assert (await change(theo, ana, session, None, **moved)).status_code == 428
    first = await change(theo, ana, session, tag, **moved)
    assert (first.status_code, first.json()["revision"]) == (200, 2)
    stale = await change(theo, ana, session, tag, starts_at=TUESDAY.isoformat())
    assert stale.status_code == 412
    assert (await theo.get(f"/v1/clients/{ana.id}/sessions"))["items"] == [first.json()]
    again = await change(theo, ana, session, first.headers["etag"], status="cancelled")
    assert again.status_code == 200, "control: the new tag is good"


async def test_absent_fields_stay(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, TUESDAY, zone="Asia/Tokyo")
    changed = await change_session(theo, ana, session)
    assert changed == {**session, "revision": 2}


async def test_what_is_planned_around_a_session_moves_with_it(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    await assign(theo, ana, around(-1, 1))
    before = await agenda(ana)
    await change_session(theo, ana, session, starts_at=(TUESDAY + 2 * DAY).isoformat())
    after = await agenda(ana)
    assert [each["date"] for each in before] == ["2026-06-08", "2026-06-09", "2026-06-10"]
    assert [each["date"] for each in after] == ["2026-06-10", "2026-06-11", "2026-06-12"]
    assert [each["id"] for each in before] == [each["id"] for each in after]


async def test_a_cancelled_session_leaves_the_agenda_and_comes_back_with_the_same_ids(
    theo: Person, ana: Person
) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    await assign(theo, ana, around(-1, 1))
    before = await agenda(ana)
    cancelled = await change_session(theo, ana, session, status="cancelled")
    assert await agenda(ana) == []
    await change_session(theo, ana, cancelled, status="scheduled")
    assert await agenda(ana) == before


@pytest.mark.parametrize("status", ["held", "no_show"])
async def test_a_session_is_decided_on_its_day_and_not_before(
    theo: Person, ana: Person, clinic: Clinic, status: str
) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    early = await change(theo, ana, session["id"], '"r1"', status=status)
    assert (early.status_code, pointers(early)) == (400, [("/status", "too_early")])
    at_once = await add(theo, ana, status=status)
    assert (at_once.status_code, pointers(at_once)) == (400, [("/status", "too_early")])
    clinic.clock.at = TUESDAY - timedelta(hours=5)
    decided = await change_session(theo, ana, session, status=status)
    assert (decided["status"], decided["decided_at"]) == (status, "2026-06-09T03:00:00Z")


async def test_a_held_session_cannot_be_moved_to_a_day_to_come(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, NOON - DAY, status="held")
    answer = await change(theo, ana, session["id"], '"r1"', starts_at=TUESDAY.isoformat())
    assert (answer.status_code, pointers(answer)) == (400, [("/status", "too_early")])
    assert (await theo.get(f"/v1/clients/{ana.id}/sessions"))["items"] == [session]


async def test_when_it_was_decided_stays_when_the_same_is_said_again(theo: Person, ana: Person, clinic: Clinic) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    cancelled = await change_session(theo, ana, session, status="cancelled")
    clinic.clock.move(hours=2)
    again = await change_session(theo, ana, cancelled, status="cancelled")
    assert again["decided_at"] == cancelled["decided_at"] == "2026-06-01T12:00:00Z"


MALFORMED: list[tuple[dict[str, Any], str, str]] = [
    ({"zone": "Mars/Olympus"}, "/zone", "unknown_zone"),
    ({"zone": "../../etc/passwd"}, "/zone", "unknown_zone"),
    ({"kind": "party"}, "/kind", "not_allowed"),
    ({"status": "lost"}, "/status", "not_allowed"),
    ({"starts_at": "2026-06-09T08:00:00"}, "/starts_at", "wrong_format"),
    ({"starts_at": "someday"}, "/starts_at", "wrong_format"),
    ({"starts_at": 17}, "/starts_at", "wrong_type"),
    ({"starts_at": "0001-01-01T00:00:00+14:00"}, "/starts_at", "out_of_range"),
    ({"starts_at": "9999-12-31T23:59:59-14:00", "zone": "Pacific/Pago_Pago"}, "/starts_at", "out_of_range"),
    ({"starts_at": "2200-01-01T00:00:00Z"}, "/starts_at", "out_of_range"),
]


async def test_a_malformed_session_is_refused_by_field(theo: Person, ana: Person) -> None:
    for body, pointer, code in MALFORMED:
        answer = await add(theo, ana, **body)
        assert (answer.status_code, pointers(answer)) == (400, [(pointer, code)]), body
        assert not any(str(value) in words(answer) for value in body.values())


async def test_a_change_to_a_day_beyond_the_calendar_is_refused(theo: Person, ana: Person) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    answer = await change(theo, ana, session["id"], '"r1"', starts_at="9999-12-31T23:59:59Z")
    assert (answer.status_code, pointers(answer)) == (400, [("/starts_at", "out_of_range")])


async def test_a_session_of_nobody_is_not_found(theo: Person, ana: Person, clinic: Clinic) -> None:
    session = await plan_session(theo, ana, TUESDAY)
    mara = await clinic.phone(theo, "Mara")
    assert (await change(theo, ana, str(uuid4()), '"r1"', status="cancelled")).status_code == 404
    assert (await change(theo, mara, session["id"], '"r1"', status="cancelled")).status_code == 404


async def test_the_night_before_the_day_begins_belongs_to_the_day_before(theo: Person, ana: Person) -> None:
    await plan_session(theo, ana, datetime(2026, 6, 9, 1, 30, tzinfo=UTC))
    await assign(theo, ana, around(0, 0))
    assert [each["date"] for each in await agenda(ana)] == [date(2026, 6, 8).isoformat()]
