from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import assign, change_session, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

DAY = timedelta(days=1)


async def read(theo: Person, ana: Person, interval: str | None = None) -> dict[str, Any]:
    params = {"interval": interval} if interval else {}
    told: dict[str, Any] = await theo.get(f"/v1/clients/{ana.id}/report", params=params)
    return told


async def hold(theo: Person, ana: Person, clinic: Clinic, day: int) -> dict[str, Any]:
    """Hold a dosing session so many days after noon of the first, and stay there."""
    planned = await plan_session(theo, ana, NOON + day * DAY)
    clinic.clock.at = NOON + day * DAY
    return await change_session(theo, ana, planned, status="held")


async def two_sessions(theo: Person, ana: Person, clinic: Clinic) -> tuple[dict[str, Any], dict[str, Any]]:
    """Practise daily from the first to the twelfth but for the second, with sessions on the fourth and the eighth."""
    await assign(theo, ana)
    first, second = await hold(theo, ana, clinic, 3), await hold(theo, ana, clinic, 7)
    clinic.clock.at = NOON + 12 * DAY
    await ana.push(*(completion(NOON + n * DAY + timedelta(hours=2)) for n in (0, 2, 4, 5, 6, 8, 9, 10, 11)))
    return first, second


async def test_a_report_has_the_preparation_and_an_interval_for_each_held_session(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    first, second = await two_sessions(theo, ana, clinic)
    told = await read(theo, ana)
    here = [{"exercise": "here-in-this-room", "times": 0}]
    (assignment,) = told.pop("assignments")
    assert (assignment["practised"], assignment["missed"], assignment["from"]) == (9, 1, "2026-06-01")
    assert told == {
        "as_of": "2026-06-13T12:00:00Z",
        "known_at": "2026-06-13T12:00:00Z",
        "intervals": [
            {
                "figures": {"days": 3, "practised": 2, "missed": 1, "first_3_days": 2, "adherence": 0.667},
                "to": "2026-06-03",
                "practices": [{**here[0], "times": 2}],
            },
            {
                "figures": {
                    "session_id": first["id"],
                    "days": 3,
                    "practised": 3,
                    "missed": 0,
                    "first_3_days": 3,
                    "adherence": 1.0,
                    "hours_to_first_practice": 26.0,
                },
                "from": "2026-06-05",
                "to": "2026-06-07",
                "practices": [{**here[0], "times": 3}],
            },
            {
                "figures": {
                    "session_id": second["id"],
                    "days": 5,
                    "practised": 4,
                    "missed": 0,
                    "first_3_days": 3,
                    "adherence": 1.0,
                    "hours_to_first_practice": 26.0,
                },
                "from": "2026-06-09",
                "to": "2026-06-13",
                "practices": [{**here[0], "times": 4}],
            },
        ],
    }


async def test_one_interval_is_chosen_by_name_or_by_its_session(theo: Person, ana: Person, clinic: Clinic) -> None:
    first, second = await two_sessions(theo, ana, clinic)
    every = (await read(theo, ana))["intervals"]
    assert (await read(theo, ana, "preparation"))["intervals"] == every[:1]
    assert (await read(theo, ana, "current"))["intervals"] == every[2:]
    assert (await read(theo, ana, first["id"]))["intervals"] == every[1:2]
    assert (await read(theo, ana, second["id"]))["intervals"] == every[2:]


async def test_before_any_session_the_current_interval_is_the_preparation(theo: Person, ana: Person) -> None:
    await ana.push(completion(NOON))
    assert await read(theo, ana, "current") == await read(theo, ana, "preparation") == await read(theo, ana)


async def test_a_session_that_is_not_held_or_not_hers_has_no_interval(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    mara = await clinic.phone(theo, "Mara")
    planned = await plan_session(theo, ana, NOON)
    strange = await hold(theo, mara, clinic, 1)
    other = await plan_session(theo, ana, NOON, kind="integration", status="held")
    for session in (planned["id"], strange["id"], other["id"], str(uuid4())):
        answer = await theo.ask("GET", f"/v1/clients/{ana.id}/report", params={"interval": session})
        assert answer.status_code == 404


NO_INTERVALS = ["", "all", "1", "CURRENT", f"{UUID(int=7)}x", f"{UUID(int=7)}\n", f"\n{UUID(int=7)}", "0" * 32]


async def test_a_malformed_interval_is_refused(theo: Person, ana: Person) -> None:
    for interval in NO_INTERVALS:
        answer = await theo.ask("GET", f"/v1/clients/{ana.id}/report", params={"interval": interval})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?interval"), interval


async def test_early_stops_reach_the_therapist_only_while_the_client_shares_them(theo: Person, ana: Person) -> None:
    await ana.push(
        completion(NOON, outcome="safe_stop", seconds=9, stop_reason="memory_came"),
        completion(NOON - DAY, outcome="safe_stop", seconds=9),
        completion(NOON - DAY),
    )
    assert "early_stops" not in (await read(theo, ana))["intervals"][0]
    consent = await ana.post("/v1/me/consents", {"scope": "early_stops"})
    shared_stops = (await read(theo, ana))["intervals"][0]["early_stops"]
    assert shared_stops == [
        {"exercise": "here-in-this-room", "practice_date": "2026-05-31"},
        {"exercise": "here-in-this-room", "practice_date": "2026-06-01", "reason": "memory_came"},
    ]
    await ana.ask("DELETE", f"/v1/me/consents/{consent['id']}")
    told = await theo.ask("GET", f"/v1/clients/{ana.id}/report")
    assert "early_stops" not in told.json()["intervals"][0]
    assert "memory_came" not in told.text


async def test_a_report_holds_no_figure_of_the_streak(theo: Person, ana: Person, clinic: Clinic) -> None:
    await two_sessions(theo, ana, clinic)
    told = (await theo.ask("GET", f"/v1/clients/{ana.id}/report")).text
    for word in ("current", "longest", "grace", "streak", "state", "gentle"):
        assert word not in told


async def test_the_figures_of_a_streak_are_there_only_while_the_client_shares_them(
    theo: Person, ana: Person, clinic: Clinic
) -> None:
    await two_sessions(theo, ana, clinic)
    consent = await ana.post("/v1/me/consents", {"scope": "streak"})
    own = await ana.get("/v1/me/streak")
    assert (await read(theo, ana))["streak"] == {name: own[name] for name in ("current", "longest", "gentle")}
    await ana.ask("DELETE", f"/v1/me/consents/{consent['id']}")
    assert "streak" not in await read(theo, ana)


async def test_notes_are_there_only_while_the_client_shares_them(theo: Person, ana: Person) -> None:
    kept = completion(NOON, note="The last minute was hard \N{HEDGEHOG}.")
    taken_back = completion(NOON, note="Not this one.")
    await ana.push(
        kept,
        completion(NOON - DAY, note=""),
        completion(NOON),
        taken_back,
        {"id": taken_back["id"], "op": "void", "type": "completion"},
    )
    assert "notes" not in (await read(theo, ana))["intervals"][0]
    consent = await ana.post("/v1/me/consents", {"scope": "notes"})
    assert (await read(theo, ana))["intervals"][0]["notes"] == [
        {
            "exercise": "here-in-this-room",
            "practice_date": "2026-06-01",
            "note": "The last minute was hard \N{HEDGEHOG}.",
        }
    ]
    await ana.ask("DELETE", f"/v1/me/consents/{consent['id']}")
    assert "notes" not in (await read(theo, ana))["intervals"][0]


async def test_one_thing_shared_shares_nothing_else(theo: Person, ana: Person) -> None:
    await ana.push(completion(NOON, note="Words of hers.", outcome="safe_stop", stop_reason="pain"))
    found: dict[str, set[str]] = {}
    for scope in ("streak", "notes", "early_stops", "check_ins"):
        consent = await ana.post("/v1/me/consents", {"scope": scope})
        told = await read(theo, ana)
        found[scope] = {"streak", "notes", "early_stops"} & (told.keys() | told["intervals"][0].keys())
        await ana.ask("DELETE", f"/v1/me/consents/{consent['id']}")
    assert found == {"streak": {"streak"}, "notes": {"notes"}, "early_stops": {"early_stops"}, "check_ins": set()}


async def test_silence_is_shown_as_no_data_since_the_last_delivery(theo: Person, ana: Person, clinic: Clinic) -> None:
    await assign(theo, ana)
    clinic.clock.move(days=1)
    await ana.push(completion(NOON))
    assert "no_data_since" not in await read(theo, ana)
    clinic.clock.move(days=4)
    assert (await read(theo, ana))["no_data_since"] == "2026-06-02T12:00:00Z"
    await ana.push()
    assert "no_data_since" not in await read(theo, ana)


async def test_what_did_not_count_is_not_among_the_practices(theo: Person, ana: Person) -> None:
    manual = completion(NOON, source="manual", practice_date="2026-05-01", logged_at=NOON.isoformat())
    del manual["body"]["started_at"]
    ahead = completion(NOON + timedelta(minutes=30))
    results = await ana.push(completion(NOON), completion(NOON, exercise="walk-on-water"), manual, ahead)
    assert [each["counted"] for each in results] == [True, False, False, False]
    assert (await read(theo, ana))["intervals"][0]["practices"] == [{"exercise": "here-in-this-room", "times": 1}]


async def test_a_practice_that_was_taken_back_is_in_no_report(theo: Person, ana: Person) -> None:
    practice = completion(NOON)
    await ana.push(practice, {"id": practice["id"], "op": "void", "type": "completion"})
    (only,) = (await read(theo, ana))["intervals"]
    assert (only["figures"]["practised"], only["practices"]) == (0, [])


async def test_the_exercises_are_listed_most_practised_first(theo: Person, ana: Person) -> None:
    names = ["land-now", "soft-landing", "land-now", "follow-the-dot", "land-now", "soft-landing"]
    await ana.push(*(completion(NOON - timedelta(minutes=n), exercise=each) for n, each in enumerate(names)))
    practices = (await read(theo, ana))["intervals"][0]["practices"]
    assert [(each["exercise"], each["times"]) for each in practices] == [
        ("land-now", 3),
        ("soft-landing", 2),
        ("follow-the-dot", 1),
    ]


async def test_the_session_itself_belongs_to_no_interval(theo: Person, ana: Person, clinic: Clinic) -> None:
    await assign(theo, ana)
    await hold(theo, ana, clinic, 1)
    clinic.clock.at = NOON + 3 * DAY
    await ana.push(completion(NOON + DAY + timedelta(hours=5)))
    before, after = (await read(theo, ana))["intervals"]
    assert (before["figures"]["practised"], before["practices"]) == (0, [])
    assert (after["figures"]["practised"], after["practices"]) == (0, [])
    assert after["figures"]["hours_to_first_practice"] == 5.0
