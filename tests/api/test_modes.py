"""What a mode means today (issue 4 "Build" 1; `streaks.md` R17), and how days are counted by the therapist's word."""

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def test_the_switch_to_palliative_turns_the_streak_off_and_only_the_client_turns_it_on(
    theo: Person, ana: Person
) -> None:
    path = f"/v1/clients/{ana.id}"
    assert (await theo.ask("PATCH", path, json={"mode": "palliative"})).json()["mode"] == "palliative"
    assert (await ana.get("/v1/me/streak"))["display"] == "off"
    await theo.ask("PATCH", path, json={"display": "count"})
    assert (await ana.get("/v1/me"))["display"] == "off"
    await ana.ask("PATCH", "/v1/me/preferences", json={"display": "gentle"})
    await theo.ask("PATCH", path, json={"mode": "palliative", "grace": 2})
    assert (await ana.get("/v1/me"))["display"] == "gentle", "the switch was made before"


async def test_leaving_palliative_does_not_turn_the_streak_on(theo: Person, ana: Person) -> None:
    for mode in ("palliative", "standard"):
        await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"mode": mode})
    assert (await ana.get("/v1/me"))["display"] == "off"


async def test_perinatal_changes_nothing_by_itself_today(theo: Person, ana: Person) -> None:
    before = await ana.get("/v1/me")
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"mode": "perinatal"})
    assert await ana.get("/v1/me") == {**before, "mode": "perinatal"}
    assert before["day_start"] == "04:00"


@pytest.mark.parametrize("target, state", [(1, "practised"), (2, "not_due")])
async def test_the_daily_target_is_the_therapists(theo: Person, ana: Person, target: int, state: str) -> None:
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"daily_target": target})
    await ana.push(completion(NOON))
    assert (await ana.get("/v1/me/streak"))["today_state"] == state


@pytest.mark.parametrize("grace, current", [(0, 1), (1, 2)])
async def test_grace_is_the_therapists(clinic: Clinic, theo: Person, ana: Person, grace: int, current: int) -> None:
    made = await theo.post("/v1/practice-sets", {"title": "Daily", "items": [{"exercise": "soft-landing"}]})
    await theo.post(f"/v1/clients/{ana.id}/assignments", {"practice_set_id": made["id"]})
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"grace": grace})
    await ana.push(completion(NOON))
    clinic.clock.move(days=2)
    await ana.push(completion(clinic.clock.now()))
    assert (await ana.get("/v1/me/streak"))["current"] == current


@pytest.mark.parametrize("body", [{"mode": "canary"}, {"grace": 3}, {"daily_target": 0}, {"daily_target": 6}])
async def test_what_is_none_of_these_is_refused(theo: Person, ana: Person, body: dict[str, object]) -> None:
    answer = await theo.ask("PATCH", f"/v1/clients/{ana.id}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"/{next(iter(body))}")
