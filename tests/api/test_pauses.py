"""Pauses (`streaks.md` R5): made by either side, without a reason, by one's own phone also twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, told
from support.feed import digest_of, whole

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
TODAY = NOON.date()


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


def sides(theo: Person, ana: Person) -> list[tuple[Person, str]]:
    return [(ana, "/v1/me/pauses"), (theo, f"/v1/clients/{ana.id}/pauses")]


async def changed(who: Person, path: str, pause: dict[str, Any], revision: int | None = None, **dates: str) -> Any:
    headers = {"If-Match": f'"r{revision or pause["revision"]}"'}
    return await who.ask("PATCH", f"{path}/{pause['id']}", json=dates, headers=headers)


async def test_either_side_makes_a_pause_and_both_see_it(theo: Person, ana: Person) -> None:
    for who, path in sides(theo, ana):
        await who.post(path, {"from": day(0)})
    hers, theirs = [await who.get(path) for who, path in sides(theo, ana)]
    assert hers == theirs
    assert sorted(each["made_by"] for each in hers["items"]) == ["client", "therapist"]
    assert all({"to", "reason"}.isdisjoint(each) for each in hers["items"])


async def test_an_open_pause_is_closed_and_its_dates_move(theo: Person, ana: Person) -> None:
    for who, path in sides(theo, ana):
        pause = await who.post(path, {"from": day(-3)})
        answer = await changed(who, path, pause, to=day(0))
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"r2"')
        assert answer.json() == {**pause, "to": day(0), "revision": 2}
        moved = await changed(who, path, answer.json(), **{"from": day(-2)})
        assert (moved.json()["from"], moved.json()["to"]) == (day(-2), day(0))


async def test_a_change_says_which_revision_it_changes(theo: Person, ana: Person) -> None:
    for who, path in sides(theo, ana):
        pause = await who.post(path, {"from": day(0)})
        silent = await who.ask("PATCH", f"{path}/{pause['id']}", json={"to": day(1)})
        assert (silent.status_code, silent.json()["code"]) == (428, "precondition_required")
        assert (await changed(who, path, pause, revision=7, to=day(1))).status_code == 412


@pytest.mark.parametrize("first, fits", [(-14, True), (-15, False), (0, True), (400, True)])
async def test_a_pause_begins_at_most_fourteen_days_back(theo: Person, ana: Person, first: int, fits: bool) -> None:  # noqa: FBT001 (a column of the table)
    for who, path in sides(theo, ana):
        answers = [
            await who.ask("POST", path, json={"from": day(first)}),
            await changed(who, path, await who.post(path, {"from": day(1)}), **{"from": day(first)}),
        ]
        assert [answer.is_success for answer in answers] == [fits, fits]
        assert fits or [each.json()["errors"][0]["pointer"] for each in answers] == ["/from", "/from"]


async def test_the_day_begins_where_the_client_lives(clinic: Clinic, theo: Person) -> None:
    clinic.clock.move(hours=4)
    yui = await clinic.phone(theo, "Yui", zone="Pacific/Kiritimati")
    assert (await yui.ask("POST", "/v1/me/pauses", json={"from": day(-14)})).status_code == 400
    assert (await yui.ask("POST", "/v1/me/pauses", json={"from": day(-13)})).status_code == 201


async def test_a_first_day_that_stays_is_not_judged_again(clinic: Clinic, ana: Person) -> None:
    pause = await ana.post("/v1/me/pauses", {"from": day(-14)})
    clinic.clock.move(days=60)
    assert (await changed(ana, "/v1/me/pauses", pause, to=day(59))).status_code == 200


@pytest.mark.parametrize("last", [day(-1), "2300-01-01"])
async def test_a_pause_does_not_end_before_it_begins_nor_off_the_calendar(ana: Person, last: str) -> None:
    answer = await ana.ask("POST", "/v1/me/pauses", json={"from": day(0), "to": last})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/to")
    pause = await ana.post("/v1/me/pauses", {"from": day(0)})
    assert (await changed(ana, "/v1/me/pauses", pause, to=last)).status_code == 400


async def test_any_number_and_any_length_may_overlap(ana: Person) -> None:
    for n in range(12):
        await ana.post("/v1/me/pauses", {"from": day(n), "to": day(3650)})
    assert [each["from"] for each in (await ana.get("/v1/me/pauses"))["items"]] == [day(n) for n in range(12)]


async def test_a_phone_that_heard_no_answer_sends_the_same_again(clinic: Clinic, theo: Person, ana: Person) -> None:
    body = {"id": str(uuid4()), "from": day(-14), "to": day(2)}
    first = await ana.post("/v1/me/pauses", body)
    assert await ana.post("/v1/me/pauses", body) == first
    version = (await ana.get("/v1/me/changes"))["version"]
    # Neither what became of it meanwhile nor how late it is makes it another one.
    later = (await changed(theo, f"/v1/clients/{ana.id}/pauses", first, to=day(9))).json()
    clinic.clock.move(days=40)
    assert await ana.post("/v1/me/pauses", body) == later
    assert (await ana.get("/v1/me/changes"))["version"] == version + 1


async def test_the_same_id_with_other_content_is_a_conflict(ana: Person) -> None:
    body = {"id": str(uuid4()), "from": day(0)}
    pause = await ana.post("/v1/me/pauses", body)
    for other in ({"to": day(3)}, {"from": day(1)}):
        answer = await ana.ask("POST", "/v1/me/pauses", json={**body, **other})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await ana.get("/v1/me/pauses"))["items"] == [pause]


async def test_a_pause_that_was_removed_is_gone_for_good_and_a_tombstone_of_the_feed(theo: Person, ana: Person) -> None:
    for who, path in sides(theo, ana):
        body = {"id": str(uuid4()), "from": day(0)}
        await who.post(path, body)
        for _ in range(2):
            assert (await who.ask("DELETE", f"{path}/{body['id']}")).status_code == 204
        assert (await who.get(path))["items"] == []
        assert (await changed(who, path, {**body, "revision": 2}, to=day(0))).status_code == 404
        again = await who.ask("POST", path, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "pause_removed")
        row = (await whole(ana))[body["id"]]
        assert (row["kind"], row["deleted"], "body" in row) == ("pause", True, False)


async def test_the_feed_tells_a_pause_as_the_list_does(ana: Person) -> None:
    pause = await ana.post("/v1/me/pauses", {"from": day(0), "to": day(1)})
    page = await ana.get("/v1/me/changes")
    assert page["items"][-1] == {
        "kind": "pause",
        "version": page["version"],
        "id": pause["id"],
        "deleted": False,
        "body": pause,
    }
    assert page["digest"] == digest_of(page["items"])


async def test_what_is_not_there_is_not_found(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = await mara.post("/v1/me/pauses", {"from": day(0)})
    asked: list[list[httpx.Response]] = []
    for key in (hers["id"], str(uuid4())):
        path, headers = f"/v1/me/pauses/{key}", {"If-Match": '"r1"'}
        patched = await ana.ask("PATCH", path, json={"to": day(1)}, headers=headers)
        asked.append([patched, await ana.ask("DELETE", path)])
    assert [each.status_code for each in asked[0]] == [404, 404]
    assert [told(each) for each in asked[0]] == [told(each) for each in asked[1]]
    assert (await mara.get("/v1/me/pauses"))["items"] == [hers]


async def test_a_strangers_id_makes_a_pause_of_ones_own(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    hers = await mara.post("/v1/me/pauses", {"from": day(0)})
    assert (await ana.post("/v1/me/pauses", {"id": hers["id"], "from": day(3)}))["from"] == day(3)
    assert (await mara.get("/v1/me/pauses"))["items"] == [hers]
