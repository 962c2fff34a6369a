from typing import Any
from uuid import uuid4

import httpx
from support import lasting as shared
from support.clinic import Clinic, Person
from support.plans import around, item, practice_set
from support.problems import words

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def make(theo: Person, *items: Any, title: Any = "A set") -> httpx.Response:
    return await theo.ask("POST", "/v1/practice-sets", json={"title": title, "items": list(items)})


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_set_pins_the_version_of_each_exercise_and_is_read_again(theo: Person) -> None:
    made = await practice_set(
        theo,
        item("land-now", times_of_day=["evening", "morning", "evening"]),
        around(-3, -1, "dosing", exercise="soft-landing", length="short", recurrence={"type": "every_n_days", "n": 2}),
    )
    assert made["version"] == 1
    first, second = made["items"]
    assert (first["exercise_version"], first["times_of_day"]) == (1, ["evening", "morning"])
    assert first["recurrence"] == {"type": "daily"}
    assert (second["anchor"], second["from_day"], second["to_day"]) == ("dosing", -3, -1)
    assert first["id"] != second["id"]
    assert await theo.get(f"/v1/practice-sets/{made['id']}") == made
    assert await theo.get(f"/v1/practice-sets/{made['id']}?version=1") == made


async def test_the_sets_of_the_clinic_are_listed_by_title(theo: Person) -> None:
    for title in ("Zeal", "Calm", "Middle"):
        assert (await make(theo, item(), title=title)).status_code == 201
    assert [each["title"] for each in (await theo.get("/v1/practice-sets"))["items"]] == ["Calm", "Middle", "Zeal"]


async def test_another_clinic_has_sets_of_its_own(theo: Person, clinic: Clinic) -> None:
    made = await practice_set(theo)
    handle = f"other-{uuid4().hex[:12]}"
    nils = await clinic.member(await clinic.found(handle), "nils@other.example", handle)
    assert (await nils.get("/v1/practice-sets"))["items"] == []
    assert (await nils.ask("GET", f"/v1/practice-sets/{made['id']}")).status_code == 404


async def test_an_exercise_nobody_knows_is_named_by_its_place(theo: Person) -> None:
    answer = await make(theo, item(), item("walk-on-water"))
    assert (answer.status_code, pointers(answer)) == (400, [("/items/1/exercise", "unknown_exercise")])
    assert "walk-on-water" not in words(answer)
    assert (await theo.get("/v1/practice-sets"))["items"] == []


async def test_a_window_that_ends_before_it_begins_is_refused(theo: Person) -> None:
    answer = await make(theo, around(2, 1))
    assert (answer.status_code, pointers(answer)) == (400, [("/items/0/to_day", "out_of_range")])


MALFORMED: list[tuple[dict[str, Any], str, str]] = [
    ({"from_day": -61}, "/items/0/from_day", "out_of_range"),
    ({"to_day": 61}, "/items/0/to_day", "out_of_range"),
    ({"to_day": 10**30}, "/items/0/to_day", "out_of_range"),
    ({"length": "endless"}, "/items/0/length", "not_allowed"),
    ({"anchor": "birthday"}, "/items/0/anchor", "not_allowed"),
    ({"times_of_day": []}, "/items/0/times_of_day", "wrong_length"),
    ({"times_of_day": ["any"] * 6}, "/items/0/times_of_day", "wrong_length"),
    ({"times_of_day": ["noon"]}, "/items/0/times_of_day/0", "not_allowed"),
    ({"recurrence": {"type": "every_n_days", "n": 1}}, "/items/0/recurrence/n", "out_of_range"),
    ({"recurrence": {"type": "weekly_quota", "n": 8}}, "/items/0/recurrence/n", "out_of_range"),
    ({"recurrence": {"type": "weekdays", "days": []}}, "/items/0/recurrence/days", "wrong_length"),
    ({"recurrence": {"type": "weekdays", "days": [7]}}, "/items/0/recurrence/days/0", "out_of_range"),
    ({"recurrence": {"type": "by-moon"}}, "/items/0/recurrence/type", "not_allowed"),
    ({"recurrence": {}}, "/items/0/recurrence/type", "missing"),
    ({"exercise": ""}, "/items/0/exercise", "wrong_length"),
    ({"exercise": 5}, "/items/0/exercise", "wrong_type"),
]


async def test_a_malformed_item_is_refused_by_field(theo: Person) -> None:
    for broken, pointer, code in MALFORMED:
        answer = await make(theo, {**item(), **broken})
        assert (answer.status_code, pointers(answer)) == (400, [(pointer, code)]), broken


async def test_a_set_has_a_title_and_one_to_forty_items(theo: Person) -> None:
    assert pointers(await make(theo)) == [("/items", "wrong_length")]
    assert pointers(await make(theo, *[item()] * 41)) == [("/items", "wrong_length")]
    assert pointers(await make(theo, item(), title="")) == [("/title", "wrong_length")]
    assert pointers(await make(theo, item(), title="x" * 121)) == [("/title", "wrong_length")]
    assert (await make(theo, *[item()] * 40, title="x" * 120)).status_code == 201, "control"


async def test_a_version_that_is_not_there_is_not_found(theo: Person) -> None:
    made = await practice_set(theo)
    assert (await theo.ask("GET", f"/v1/practice-sets/{made['id']}?version=2")).status_code == 404
    assert (await theo.ask("GET", f"/v1/practice-sets/{uuid4()}")).status_code == 404


NO_VERSIONS = ["0", "-1", "x", str(2**31), str(2**63), "9" * 400]


async def test_a_version_that_no_database_can_hold_is_refused(theo: Person) -> None:
    for version in NO_VERSIONS:
        made = await practice_set(theo)
        answer = await theo.ask("GET", f"/v1/practice-sets/{made['id']}?version={version}")
        assert answer.status_code == 400, version
        assert answer.json()["errors"][0]["pointer"] == "?version"
