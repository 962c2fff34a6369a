"""The main job over HTTP, from an empty database to the streak of the interval between sessions."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from click.testing import CliRunner
from support.clinic import KEYS, PASSWORD, Clinic, Person, completion
from support.signing import App, answer, as_bearer, challenged, enrol, sign_in

from server.cli.data import create_admin

EMAIL = "dana@clinic.example"
MORNING, EVENING = timedelta(hours=5), timedelta(hours=17)
PREPARE, ON_THE_DAY, INTEGRATE = "here-in-this-room", "soft-landing", "hands-and-feet-scan"


def june(day: int, at: timedelta = timedelta(hours=12)) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC) + at


def as_operator(database: str) -> None:
    """Run `groundwork create-admin` on the test's database."""
    told = ["--email", EMAIL, "--name", "Dana", "--password", PASSWORD]
    env = {"GROUNDWORK_DATABASE_URL": database, "GROUNDWORK_KEYS": KEYS}
    result = CliRunner().invoke(create_admin, told, env=env, catch_exceptions=False)
    assert result.exit_code == 0, result.output


class Dana(Person):
    """Signs in by password and the code of her authenticator app, as her clinic wants it."""

    def __init__(self, clinic: Clinic, tokens: dict[str, Any], app: App) -> None:
        super().__init__(clinic.http, tokens, ("/v1/auth/sign-in", {}))
        self.clinic = clinic
        self.app = app

    async def sign_in_again(self) -> None:
        challenge = await challenged(self.clinic, email=EMAIL)
        tokens = await answer(self.clinic, challenge, self.app.code(self.clinic.clock.now()))
        assert tokens.status_code == 200, tokens.text
        self.tokens = tokens.json()


async def first_sign_in(clinic: Clinic) -> Dana:
    tokens = (await sign_in(clinic, EMAIL)).json()
    refused = await as_bearer(clinic, "GET", "/v1/clients", tokens)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    app, _ = await enrol(clinic, tokens)
    return Dana(clinic, tokens, app)


async def choose_exercises(phone: Person) -> None:
    everything = await phone.get("/v1/exercises")
    slugs = {each["slug"] for each in everything["items"]}
    assert {PREPARE, ON_THE_DAY, INTEGRATE} <= slugs
    fitting = await phone.get("/v1/exercises?technique=grounding&phase=dosing_day&max_minutes=5")
    assert ON_THE_DAY in {each["slug"] for each in fitting["items"]} < slugs
    detail = await phone.get(f"/v1/exercises/{ON_THE_DAY}")
    assert (detail["slug"], detail["content_version"]) == (ON_THE_DAY, 1)
    assert {each["length"] for each in detail["audio"]} == {"short", "medium", "long"}


async def plan(dana: Person, client: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plan a dosing session for the 9th of June, and practice on the three days before, on it and the week after."""
    around = {"anchor": "dosing", "length": "short"}
    items = [
        {"exercise": PREPARE, "from_day": -3, "to_day": -1, **around},
        {"exercise": ON_THE_DAY, "from_day": 0, "to_day": 0, **around},
        {"exercise": INTEGRATE, "from_day": 1, "to_day": 7, "times_of_day": ["evening"], **around},
    ]
    made = await dana.post("/v1/practice-sets", {"title": "Around the session", "items": items})
    session = await dana.post(
        f"/v1/clients/{client}/sessions", {"kind": "dosing", "starts_at": "2026-06-09T10:00:00+02:00"}
    )
    given = await dana.post(f"/v1/clients/{client}/assignments", {"practice_set_id": made["id"]})
    assert (given["version"], given["from"]) == (1, "2026-06-01")
    return session, made


async def agenda(phone: Person) -> list[dict[str, Any]]:
    span = {"from": "2026-06-01", "to": "2026-06-30"}
    return list((await phone.get("/v1/me/agenda", params=span))["occurrences"])


async def practise(phone: Person, planned: dict[str, Any], started_at: datetime, **more: Any) -> None:
    practice = completion(
        started_at,
        exercise=planned["exercise"],
        exercise_version=planned["exercise_version"],
        occurrence_id=planned["id"],
        **more,
    )
    (result,) = await phone.push(practice)
    assert (result["status"], result["counted"], result["occurrence_known"]) == ("stored", True, True)


async def explained(phone: Person) -> dict[str, str]:
    span = {"from": "2026-06-01", "to": "2026-06-19"}
    return {each["date"]: each["kind"] for each in (await phone.get("/v1/me/streak/explain", params=span))["days"]}


async def test_the_main_job_from_an_empty_database_to_the_streak(clinic: Clinic, database: str) -> None:
    await asyncio.to_thread(as_operator, database)
    dana = await first_sign_in(clinic)
    client = (await dana.post("/v1/clients", {"name": "Ana", "zone": "Europe/Berlin"}))["id"]
    ana = await clinic.pair(dana, client)
    assert (await ana.get("/v1/me"))["id"] == client
    await choose_exercises(ana)
    session, _ = await plan(dana, client)

    first = await agenda(ana)
    assert [each["date"][-2:] for each in first] == [f"{day:02}" for day in range(6, 17)]
    assert [each["exercise"] for each in first] == [PREPARE] * 3 + [ON_THE_DAY] + [INTEGRATE] * 7

    clinic.clock.at = june(7, EVENING)
    await practise(ana, first[0], june(6))
    await practise(ana, first[1], june(7))
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["state"], streak["today_state"]) == (2, "growing", "practised")

    clinic.clock.at = june(8)
    moved = await dana.ask(
        "PATCH",
        f"/v1/clients/{client}/sessions/{session['id']}",
        json={"starts_at": "2026-06-11T10:00:00+02:00"},
        headers={"If-Match": '"r1"'},
    )
    assert (moved.status_code, moved.json()["revision"]) == (200, 2)
    second = await agenda(ana)
    assert [each["id"] for each in second] == [each["id"] for each in first]
    assert [each["date"][-2:] for each in second] == [f"{day:02}" for day in range(8, 19)]
    assert await dana.get(f"/v1/clients/{client}/agenda") == await ana.get("/v1/me/agenda")

    clinic.clock.at = june(11)
    held = await dana.ask(
        "PATCH",
        f"/v1/clients/{client}/sessions/{session['id']}",
        json={"status": "held"},
        headers={"If-Match": moved.headers["etag"]},
    )
    assert held.json()["status"] == "held"

    # Eleven days on, the phone is online again: the 10th and the 17th were left out, the 14th was stopped early.
    clinic.clock.at = june(19)
    on = {each["date"]: each for each in second}
    for day in (8, 9, 11, 12, 13, 15, 16, 18):
        await practise(ana, on[f"2026-06-{day:02}"], june(day, EVENING))
    await practise(ana, on["2026-06-14"], june(14, MORNING), outcome="safe_stop", seconds=20, stop_reason="pain")

    streak = await ana.get("/v1/me/streak")
    kinds = await explained(ana)
    assert {day: kind for day, kind in kinds.items() if kind not in {"practised", "missed"}} == streak["neutral"]
    assert [day for day, kind in kinds.items() if kind == "missed"] == streak["missed"]
    assert sum(kind == "practised" for kind in kinds.values()) == streak["current"]
    preparation = {"days": 10, "practised": 4, "missed": 1, "first_3_days": 0, "adherence": 0.667}
    interval = {
        "session_id": session["id"],
        "days": 8,
        "practised": 6,
        "missed": 1,
        "first_3_days": 3,
        "adherence": 0.857,
        "hours_to_first_practice": 9.0,
    }
    assert streak == {
        "display": "gentle",
        "state": "resting",
        "today": "2026-06-19",
        "today_state": "not_due",
        "gentle": {"practised_this_week": 3, "agreed_this_week": 4, "weeks_practised": 3},
        "current": 11,
        "longest": 11,
        "grace_used": 1,
        "adherence": 0.818,
        "missed": ["2026-06-10", "2026-06-17"],
        "neutral": {f"2026-06-{day:02}": "not_due" for day in (1, 2, 3, 4, 5, 19)},
        "held": [],
        "ignored": [],
        "preparation": preparation,
        "intervals": [interval],
    }
    report = await dana.get(f"/v1/clients/{client}/report")
    (kept,) = report.pop("assignments")
    assert (kept["practised"], kept["missed"], kept["adherence"]) == (9, 2, 0.818)
    assert report == {
        "as_of": "2026-06-19T12:00:00Z",
        "known_at": "2026-06-19T12:00:00Z",
        "intervals": [
            {"figures": preparation, "to": "2026-06-10", "practices": [{"exercise": PREPARE, "times": 4}]},
            {
                "figures": interval,
                "from": "2026-06-12",
                "to": "2026-06-19",
                "practices": [{"exercise": INTEGRATE, "times": 6}],
            },
        ],
    }
