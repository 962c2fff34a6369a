"""Starter sets: read by staff, taken over into the clinic, and kept off the day of a dosing session (brief 0.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from support import lasting as shared
from support.catalogue import CONTENT, starters_of
from support.clinic import NOON, Clinic, Person
from support.plans import agenda, plan_session
from support.problems import words

from server.care.schemas import NewPracticeSet
from server.care.starter.service import as_practice_set
from server.catalogue.snapshot import load_snapshot

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

STARTERS = {one.slug: one for one in starters_of(CONTENT)}
SESSION_DAY = {"soft-landing", "leave-the-breath-alone", "land-now"}
SESSION = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


async def adopt(theo: Person, starter: Any, **more: Any) -> httpx.Response:
    return await theo.ask("POST", "/v1/practice-sets:adopt", json={"starter": starter, **more})


async def give(theo: Person, phone: Person, slug: str) -> dict[str, Any]:
    made = (await adopt(theo, slug)).json()
    body = {"practice_set_id": made["id"], "from": NOON.date().isoformat()}
    await theo.post(f"/v1/clients/{phone.id}/assignments", body)
    return dict(made)


async def test_the_starter_sets_are_listed_by_slug_with_their_plans(theo: Person) -> None:
    told = await theo.get("/v1/starter-sets")
    assert [each["slug"] for each in told["items"]] == sorted(STARTERS)
    assert told["version"] == load_snapshot(CONTENT).version
    day = next(each for each in told["items"] if each["slug"] == "session-day")
    assert (day["language"], day["track"], day["phase"], day["review_status"]) == (
        "en",
        "general",
        "dosing_day",
        "draft",
    )
    assert day["items"][0] == {
        "exercise": "soft-landing",
        "length": "medium",
        "anchor": "dosing",
        "from_day": 0,
        "to_day": 0,
        "times_of_day": ["any"],
        "recurrence": {"type": "as_needed"},
    }
    assert await theo.get("/v1/starter-sets/session-day") == day


async def test_a_locale_chooses_the_words_and_no_language_is_given_in_place_of_another(theo: Person) -> None:
    spanish = await theo.get("/v1/starter-sets?locale=es-MX")
    assert {each["language"] for each in spanish["items"]} == {"es"}
    assert len(spanish["items"]) == len(STARTERS)
    assert (await theo.get("/v1/starter-sets/palliative?locale=es"))["title"] == "Cuando venga bien"
    assert (await theo.get("/v1/starter-sets?locale=fi"))["items"] == []
    answer = await theo.ask("GET", "/v1/starter-sets/palliative?locale=fi")
    assert (answer.status_code, answer.json()["code"]) == (404, "language_not_found")
    assert (await theo.ask("GET", "/v1/starter-sets/no-such-set")).json()["code"] == "not_found"
    assert (await theo.ask("GET", "/v1/starter-sets?locale=1")).status_code == 400


async def test_what_somebody_has_already_is_not_sent_again(theo: Person) -> None:
    for path in ("/v1/starter-sets", "/v1/starter-sets/palliative"):
        first = await theo.ask("GET", path)
        assert first.headers["Cache-Control"] == "private, max-age=300"
        again = await theo.ask("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_client_is_not_shown_the_therapists_reasons(theo: Person, clinic: Clinic) -> None:
    phone = await clinic.phone(theo, "Ana")
    for path in ("/v1/starter-sets", "/v1/starter-sets/palliative"):
        assert (await phone.ask("GET", path)).status_code == 403
    assert (await adopt(phone, "palliative")).status_code == 403


async def test_what_is_taken_over_is_an_ordinary_set_of_the_clinic(theo: Person) -> None:
    made = await adopt(theo, "low-mood")
    assert made.status_code == 201
    told = made.json()
    assert (told["title"], told["version"]) == ("One small thing", 1)
    assert await theo.get(f"/v1/practice-sets/{told['id']}") == told
    again = (await adopt(theo, "low-mood", locale="es")).json()
    assert again["title"] == "Una cosa pequeña"
    assert again["id"] != told["id"]
    assert {each["id"] for each in (await theo.get("/v1/practice-sets"))["items"]} == {told["id"], again["id"]}


@pytest.mark.parametrize(
    "body, pointer, code",
    [
        ({"starter": "no-such-set"}, "/starter", "unknown_starter_set"),
        ({"starter": "palliative", "locale": "fi"}, "/locale", "language_not_found"),
        ({"starter": 1}, "/starter", "wrong_type"),
        ({"starter": "palliative", "locale": "?"}, "/locale", "wrong_format"),
    ],
)
async def test_what_cannot_be_taken_over_is_named_by_its_place(
    theo: Person, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await adopt(theo, **body)
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert "no-such-set" not in words(answer)


@pytest.mark.parametrize("slug", STARTERS)
def test_every_starter_set_is_one_that_could_be_sent_by_hand(slug: str) -> None:
    for language in STARTERS[slug].words:
        plan = as_practice_set(STARTERS[slug], language)
        assert msgspec.json.decode(msgspec.json.encode(plan), type=NewPracticeSet) == plan


@pytest.mark.parametrize("slug", STARTERS)
async def test_every_starter_set_is_given_and_keeps_the_session_day_free(
    theo: Person, clinic: Clinic, slug: str
) -> None:
    phone = await clinic.phone(theo, "Ana")
    made = await give(theo, phone, slug)
    assert [each["exercise"] for each in made["items"]] == [each.exercise for each in STARTERS[slug].items]
    await plan_session(theo, phone, SESSION)
    offered = await agenda(phone, SESSION.date() - 28 * DAY, SESSION.date() + 28 * DAY)
    on_the_day = {each["exercise"] for each in offered if each["date"] == SESSION.date().isoformat()}
    assert on_the_day
    assert on_the_day <= SESSION_DAY
    assert {each["exercise"] for each in offered} == {each.exercise for each in STARTERS[slug].items}
    assert not any(each["due"] for each in offered if each["exercise"] in SESSION_DAY)


@pytest.mark.parametrize("slug", [slug for slug, one in STARTERS.items() if one.phase != "between_sessions"])
async def test_weekly_sessions_do_not_meet_what_is_planned_around_another(
    theo: Person, clinic: Clinic, slug: str
) -> None:
    phone = await clinic.phone(theo, "Ana")
    await give(theo, phone, slug)
    days = [SESSION + n * WEEK for n in range(3)]
    for starts_at in days:
        await plan_session(theo, phone, starts_at)
    offered = await agenda(phone, SESSION.date() - WEEK, SESSION.date() + 3 * WEEK)
    for day in days:
        on_the_day = {each["exercise"] for each in offered if each["date"] == day.date().isoformat()}
        assert on_the_day <= SESSION_DAY, day


async def test_the_check_of_the_session_day_finds_another_exercise(theo: Person, clinic: Clinic) -> None:
    phone = await clinic.phone(theo, "Ana")
    items = [{"exercise": "here-in-this-room", "anchor": "dosing"}]
    made = await theo.post("/v1/practice-sets", {"title": "A set", "items": items})
    await theo.post(f"/v1/clients/{phone.id}/assignments", {"practice_set_id": made["id"]})
    await plan_session(theo, phone, SESSION)
    offered = await agenda(phone, SESSION.date(), SESSION.date())
    assert not {each["exercise"] for each in offered} <= SESSION_DAY


async def test_the_palliative_set_never_asks(theo: Person, clinic: Clinic) -> None:
    phone = await clinic.phone(theo, "Ana")
    await give(theo, phone, "palliative")
    await plan_session(theo, phone, SESSION)
    offered = await agenda(phone, SESSION.date() - WEEK, SESSION.date() + WEEK)
    assert offered
    assert not any(each["due"] for each in offered)
