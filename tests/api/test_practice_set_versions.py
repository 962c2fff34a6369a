"""A change of a set makes another version; whoever has one keeps it, and nobody is told (`domain.md`, Plan)."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import agenda, assign, change_set, item, practice_set

from server.accounts.models import SyncHeadRow
from server.db.unit import unit_of_work

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def change(theo: Person, made: dict[str, Any], if_match: str | None, **body: Any) -> httpx.Response:
    headers = {"If-Match": if_match} if if_match else {}
    return await theo.ask("PATCH", f"/v1/practice-sets/{made['id']}", json=body, headers=headers)


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_change_makes_the_next_version_and_leaves_the_one_before(theo: Person) -> None:
    made = await practice_set(theo, item("land-now"))
    changed = await change_set(theo, made, title="Another name")
    assert changed == {**made, "version": 2, "title": "Another name"}
    assert await theo.get(f"/v1/practice-sets/{made['id']}") == changed
    assert await theo.get(f"/v1/practice-sets/{made['id']}?version=1") == made
    assert (await theo.get("/v1/practice-sets"))["items"] == [changed]


async def test_a_change_names_the_version_it_was_made_on(theo: Person) -> None:
    answer = await theo.ask("POST", "/v1/practice-sets", json={"title": "A set", "items": [item()]})
    made, tag = answer.json(), answer.headers["etag"]
    assert (await theo.ask("GET", f"/v1/practice-sets/{made['id']}")).headers["etag"] == tag
    assert (await change(theo, made, None, title="Else")).status_code == 428
    first = await change(theo, made, tag, title="First")
    assert first.status_code == 200
    assert (await change(theo, made, tag, title="Second")).status_code == 412
    assert (await theo.get(f"/v1/practice-sets/{made['id']}"))["title"] == "First"
    assert (await change(theo, made, first.headers["etag"], title="Second")).status_code == 200, "control"


async def test_items_keep_the_id_they_come_with_and_others_get_a_new_one(theo: Person) -> None:
    made = await practice_set(theo, item("land-now"), item("soft-landing"))
    kept = {**item("land-now"), "id": made["items"][0]["id"], "times_of_day": ["evening"]}
    changed = await change_set(theo, made, items=[item("follow-the-dot"), kept])
    ids = [each["id"] for each in changed["items"]]
    assert ids[1] == made["items"][0]["id"]
    assert ids[0] not in {each["id"] for each in made["items"]}
    assert changed["items"][1]["times_of_day"] == ["evening"]


async def test_an_id_of_no_item_before_or_twice_is_refused(theo: Person) -> None:
    made = await practice_set(theo, item("land-now"))
    known = {**item("land-now"), "id": made["items"][0]["id"]}
    for items, pointer in (([{**item(), "id": str(uuid4())}], "/items/0/id"), ([known, known], "/items/1/id")):
        answer = await change(theo, made, '"r1"', items=items)
        assert (answer.status_code, pointers(answer)) == (400, [(pointer, "unknown_item")])
    assert (await theo.get(f"/v1/practice-sets/{made['id']}"))["version"] == 1


async def head_version(clinic: Clinic, client: Person) -> int:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(SyncHeadRow.version).where(SyncHeadRow.client_id == UUID(client.id))
        return (await session.scalars(query)).one()


async def test_a_change_of_a_set_changes_no_assignment_and_tells_nobody(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    async def seen() -> list[Any]:
        reads = [await ana.ask("GET", path) for path in ("/v1/me/agenda", "/v1/me/streak")]
        listed = await theo.ask("GET", f"/v1/clients/{ana.id}/assignments")
        told = [(each.content, each.headers["etag"]) for each in (*reads, listed)]
        return [*told, await head_version(clinic, ana)]

    given = await assign(theo, ana, item("land-now"))
    await ana.push(completion(NOON))
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}")
    before = await seen()
    changed = await change_set(theo, made, title="Else", items=[item("soft-landing", times_of_day=["night"])])
    await change_set(theo, changed, retired=True)
    assert await seen() == before
    await assign(theo, ana)
    assert await seen() != before, "control"


async def test_a_retired_set_is_not_listed_and_stays_readable_and_running(theo: Person, ana: Person) -> None:
    given = await assign(theo, ana)
    made = await theo.get(f"/v1/practice-sets/{given['practice_set_id']}")
    retired = await change_set(theo, made, retired=True)
    assert (retired["retired"], retired["items"]) == (True, made["items"])
    assert (await theo.get("/v1/practice-sets"))["items"] == []
    assert await theo.get(f"/v1/practice-sets/{made['id']}") == retired
    assert len(await agenda(ana)) == 14
    back = await change_set(theo, retired, retired=False)
    assert (await theo.get("/v1/practice-sets"))["items"] == [back]


async def test_a_set_of_nobody_or_of_another_clinic_is_not_found(theo: Person, clinic: Clinic) -> None:
    handle = f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@other.example", handle)
    theirs = await practice_set(nils)
    assert (await change(theo, {"id": str(uuid4())}, "*", title="Else")).status_code == 404
    assert (await change(theo, theirs, "*", title="Else")).status_code == 404
    assert (await change(nils, theirs, "*", title="Else")).status_code == 200, "control"


async def test_an_item_offers_a_choice_and_pins_every_version(theo: Person, ana: Person) -> None:
    choice = {"any_of": ["land-now", "soft-landing"], "target": 2, "counts": "this"}
    given = await assign(theo, ana, choice, last=NOON.date())
    (made,) = (await theo.get(f"/v1/practice-sets/{given['practice_set_id']}"))["items"]
    pinned = [{"exercise": slug, "exercise_version": 1} for slug in choice["any_of"]]
    assert (made["exercise"], made["any_of"], made["target"], made["counts"]) == ("land-now", pinned, 2, "this")
    (only,) = await agenda(ana)
    assert (only["exercise"], only["any_of"], only["target"]) == ("land-now", pinned, 2)


NO_ITEMS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/items/0/exercise", "one_of_two"),
    ({"exercise": "land-now", "any_of": ["land-now", "soft-landing"]}, "/items/0/exercise", "one_of_two"),
    ({"any_of": ["land-now"]}, "/items/0/any_of", "wrong_length"),
    ({"any_of": ["land-now"] * 13}, "/items/0/any_of", "wrong_length"),
    ({"any_of": ["land-now", "walk-on-water"]}, "/items/0/any_of/1", "unknown_exercise"),
    ({"exercise": "land-now", "target": 0}, "/items/0/target", "out_of_range"),
    ({"exercise": "land-now", "target": 6}, "/items/0/target", "out_of_range"),
    ({"exercise": "land-now", "counts": "some"}, "/items/0/counts", "not_allowed"),
]


async def test_an_item_that_cannot_be_is_refused_by_field(theo: Person) -> None:
    for broken, pointer, code in NO_ITEMS:
        answer = await theo.ask("POST", "/v1/practice-sets", json={"title": "A set", "items": [broken]})
        assert (answer.status_code, pointers(answer)) == (400, [(pointer, code)]), broken
