"""What might need a look, for whoever cares for the client and within what the client shares (content brief 6.2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, check_in, completion
from support.people import colleague
from support.problems import words

from server.practice.signals.evaluate import signal_id
from server.practice.signals.facts import Practice

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
NOTE = "Seen when your therapist next looks. Not an emergency service."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def of(ana: Person, rest: str = "") -> str:
    return f"/v1/clients/{ana.id}/signals{rest}"


async def share(ana: Person, *scopes: str) -> list[str]:
    return [(await ana.post("/v1/me/consents", {"scope": scope}))["id"] for scope in scopes]


async def items(person: Person, path: str) -> list[dict[str, Any]]:
    return list((await person.get(path))["items"])


async def test_a_signal_tells_its_facts_a_sentence_and_no_score(theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    rise = completion(NOON, distress_before=2, distress_after=6, presence=9, note="Words.")
    await ana.push(rise)
    told = await theo.get(of(ana))
    fact = Practice(id=rise["id"], at=NOON, practice_date=NOON.date())
    assert told == {
        "note": NOTE,
        "watch": {"client_id": ana.id, "not_shared": ["early_stops"]},
        "items": [
            {
                "id": str(signal_id(UUID(ana.id), "S1", (fact,))),
                "client_id": ana.id,
                "rule": "S1",
                "level": "amber",
                "sentence": "Rose by 3 or more after Here, in this room.",
                "raised_at": "2026-06-01T12:00:00Z",
                "received_at": "2026-06-01T12:00:00Z",
                "facts": [
                    {
                        "id": rise["id"],
                        "kind": "practice",
                        "at": "2026-06-01T12:00:00Z",
                        "exercise": "here-in-this-room",
                        "distress_before": 2,
                        "distress_after": 6,
                    }
                ],
            }
        ],
    }


async def test_a_call_is_red_and_says_that_nobody_watches(theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    await ana.push(check_in(NOON, not_ok=True, mood_word="grey"))
    (call,) = await items(theo, of(ana))
    assert (call["rule"], call["level"]) == ("S7", "red")
    assert call["sentence"] == "Tapped 'I am not OK' at 14:00 on 2026-06-01. Not live monitored."
    assert call["facts"][0].keys() == {"id", "kind", "at", "not_ok"}


async def test_without_consent_nothing_is_told_but_what_is_not_shared(theo: Person, ana: Person) -> None:
    nothing = await theo.get(of(ana))
    stops = [completion(NOON - n * HOUR, outcome="safe_stop", stop_reason="breath_felt_bad") for n in range(2)]
    await ana.push(check_in(NOON, not_ok=True), completion(NOON, distress_after=9), *stops)
    assert await theo.get(of(ana)) == nothing
    assert nothing == {
        "note": NOTE,
        "watch": {"client_id": ana.id, "not_shared": ["check_ins", "early_stops"]},
        "items": [],
    }
    (early,) = await share(ana, "early_stops")
    assert {each["rule"] for each in await items(theo, of(ana))} == {"S4", "S9"}
    assert "distress" not in words(await theo.ask("GET", of(ana)))
    await ana.ask("DELETE", f"/v1/me/consents/{early}")
    await share(ana, "check_ins")
    assert {each["rule"] for each in await items(theo, of(ana))} == {"S3", "S7", "S10"}


async def test_what_is_shared_with_one_member_is_a_signal_for_nobody_else(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    kim = await colleague(clinic, theo, "kim", "therapist")
    await theo.post(f"/v1/clients/{ana.id}/care-relations", {"member_id": kim.id})
    await ana.post("/v1/me/consents", {"scope": "check_ins", "member_id": theo.id})
    await ana.push(check_in(NOON, not_ok=True))
    assert len(await items(theo, of(ana))) == len(await items(theo, "/v1/signals")) == 1
    assert await items(kim, of(ana)) == await items(kim, "/v1/signals") == []


async def test_what_was_taken_back_or_late_is_told_as_it_is_known(clinic: Clinic, theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    call = check_in(NOON - 60 * DAY, not_ok=True)
    await ana.push(call)
    (late,) = await items(theo, of(ana))
    assert (late["raised_at"], late["received_at"]) == ("2026-04-02T12:00:00Z", "2026-06-01T12:00:00Z")
    clinic.clock.move(days=31)
    assert await items(theo, of(ana)) == []
    assert await items(theo, of(ana, "?since=2026-06-01")) == [late]
    assert await items(theo, of(ana, "?since=2026-06-02")) == []
    await ana.push({"id": call["id"], "op": "void", "type": "check_in"})
    assert await items(theo, of(ana, "?since=2026-06-01")) == []


async def test_a_window_cannot_reach_back_for_ever(theo: Person, ana: Person) -> None:
    for path in (of(ana), "/v1/signals"):
        answer = await theo.ask("GET", f"{path}?since=2025-05-01")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?since")


async def test_a_hard_practice_after_a_session_is_red_once_the_session_was_held(theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    dosing = {"kind": "dosing", "starts_at": (NOON - 5 * HOUR).isoformat()}
    made = await theo.ask("POST", f"/v1/clients/{ana.id}/sessions", json=dosing)
    await ana.push(completion(NOON - HOUR, unreal="still_here"))
    assert [(each["rule"], each["level"]) for each in await items(theo, of(ana))] == [("S5", "amber")]
    session = f"/v1/clients/{ana.id}/sessions/{made.json()['id']}"
    await theo.ask("PATCH", session, json={"status": "held"}, headers={"If-Match": made.headers["ETag"]})
    told = await items(theo, of(ana))
    assert {(each["rule"], each["level"]) for each in told} == {("S5", "red"), ("S8", "red")}
    assert {fact["kind"] for each in told for fact in each["facts"]} == {"session", "practice"}


async def test_a_carers_entry_is_marked_in_a_signal(theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    await ana.push(completion(NOON, source="proxy", distress_after=9))
    assert (await items(theo, of(ana)))[0]["facts"][0]["entered_by"] == "carer"


async def test_a_named_person_acknowledges_once(clinic: Clinic, theo: Person, ana: Person) -> None:
    await share(ana, "check_ins")
    await ana.push(check_in(NOON, not_ok=True), completion(NOON - HOUR, distress_after=9))
    kim = await colleague(clinic, theo, "kim", "therapist")
    await theo.post(f"/v1/clients/{ana.id}/care-relations", {"member_id": kim.id})
    first, second = await items(theo, of(ana))
    path = of(ana, f"/{first['id']}/acknowledgements")
    done = await theo.post(path)
    assert done == {"member_id": theo.id, "name": "theo@clinic.example", "at": "2026-06-01T12:00:00Z"}
    clinic.clock.move(minutes=1)
    assert await kim.post(path) == done
    assert await items(kim, of(ana)) == [second, {**first, "acknowledged": done}], "what nobody has seen comes first"
    assert await items(kim, "/v1/signals") == await items(kim, of(ana))


async def test_what_is_no_signal_cannot_be_acknowledged(clinic: Clinic, theo: Person, ana: Person) -> None:
    (consent,) = await share(ana, "check_ins")
    await ana.push(check_in(NOON, not_ok=True))
    (call,) = await items(theo, of(ana))
    mara = await clinic.phone(theo, "Mara")
    await share(mara, "check_ins")
    for path in (of(ana, f"/{uuid4()}/acknowledgements"), of(mara, f"/{call['id']}/acknowledgements")):
        assert (await theo.ask("POST", path)).status_code == 404
    await ana.ask("DELETE", f"/v1/me/consents/{consent}")
    assert (await theo.ask("POST", of(ana, f"/{call['id']}/acknowledgements"))).status_code == 404


async def test_the_inbox_is_of_all_clients_in_care_and_names_who_is_quiet(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    mara, silent = await clinic.phone(theo, "Mara"), await clinic.phone(theo, "Lena")
    for person in (ana, mara, silent):
        await share(person, "check_ins")
        await person.push(check_in(NOON, not_ok=True))
    await silent.ask("POST", "/v1/me/silence")
    clinic.clock.move(days=1)
    await mara.push(completion(clinic.clock.now(), distress_after=9))
    inbox = await theo.get("/v1/signals")
    assert [(each["client_id"], each["rule"]) for each in inbox["items"][:1]] == [(mara.id, "S3")]
    assert {each["client_id"] for each in inbox["items"]} == {ana.id, mara.id}
    assert [(each["name"], each.get("no_data_since")) for each in inbox["clients"]] == [
        ("Ana", "2026-06-01T12:00:00Z"),
        ("Mara", None),
    ]
    assert inbox["note"] == NOTE
    assert (await ana.ask("GET", "/v1/signals")).status_code == 403


async def test_the_number_of_queries_does_not_grow_with_clients(clinic: Clinic, theo: Person, ana: Person) -> None:
    engine = clinic.app.app.state.sessions.engine.sync_engine
    asked: list[str] = []

    def watch(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", watch)
    counts = []
    for person in (ana, *[await clinic.phone(theo, f"Mara {n}") for n in range(3)]):
        await share(person, "check_ins")
        await person.push(check_in(NOON, not_ok=True), completion(NOON, distress_after=9))
        asked.clear()
        await theo.get("/v1/signals")
        # Each look at a client is an entry of the audit.
        counts.append(len([each for each in asked if "audit_entries" not in each]))
    event.remove(engine, "before_cursor_execute", watch)
    assert len({*counts}) == 1, counts
    assert len(await items(theo, "/v1/signals")) == 8


async def test_silence_is_told_as_no_data_and_never_as_a_signal(clinic: Clinic, theo: Person, ana: Person) -> None:
    await share(ana, "check_ins", "early_stops")
    clinic.clock.move(days=20)
    told = await theo.get(of(ana))
    assert told["items"] == []
    assert told["watch"] == {"client_id": ana.id, "not_shared": [], "no_data_since": "2026-06-01T12:00:00Z"}


async def test_a_therapist_moves_thresholds_and_turns_rules_off_for_one_client(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    path = f"/v1/clients/{ana.id}/signal-settings"
    mara = await clinic.phone(theo, "Mara")
    for person in (ana, mara):
        await share(person, "check_ins")
        await person.push(completion(NOON, distress_before=2, distress_after=8))
    before = await theo.get(path)
    body = {"rules": [{"rule": "S1", "thresholds": {"rise": 7}}, {"rule": "S3", "on": False}]}
    changed = await theo.ask("PUT", path, json=body)
    assert changed.status_code == 200
    assert changed.json() == await theo.get(path)
    assert changed.json()["rules"][0] == {
        "rule": "S1",
        "title": "A rise",
        "level": "amber",
        "on": True,
        "thresholds": {"rise": {"value": 7, "default": 3, "least": 1, "most": 10}},
    }
    assert await items(theo, of(ana)) == []
    assert {each["rule"] for each in await items(theo, of(mara))} == {"S1", "S3"}
    assert (await theo.ask("PUT", path, json={"rules": []})).json() == before
    assert {each["rule"] for each in await items(theo, of(ana))} == {"S1", "S3"}


async def test_a_threshold_stays_within_its_bounds(theo: Person, ana: Person) -> None:
    path = f"/v1/clients/{ana.id}/signal-settings"
    for rules, pointer in (
        ([{"rule": "S1", "thresholds": {"rise": 11}}], "/rules/0/thresholds"),
        ([{"rule": "S1", "thresholds": {"canary": 1}}], "/rules/0/thresholds"),
        ([{"rule": "S9"}, {"rule": "S7", "thresholds": {"rise": 1}}], "/rules/1/thresholds"),
        ([{"rule": "S9"}, {"rule": "S9"}], "/rules"),
        ([{"rule": "S11"}], "/rules/0/rule"),
    ):
        answer = await theo.ask("PUT", path, json={"rules": rules})
        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [pointer])
        assert "canary" not in words(answer)


async def test_a_phone_reads_the_rules_without_signing_in(clinic: Clinic) -> None:
    answer = await clinic.http.get("/v1/signal-rules")
    rules = answer.json()
    assert [each["id"] for each in rules["rules"]] == [f"S{n}" for n in range(1, 11)]
    assert rules["rules"][0]["offers"] == ["land_now"]
    assert rules["rules"][0]["thresholds"] == {"rise": 3}
    assert rules["standing_text"]["en"] == NOTE
    assert rules["review"] == "draft"
    assert {"en", "es"} <= rules["rules"][6]["text"].keys()
    assert "therapist" not in answer.text.replace("Tell your therapist", "").replace(NOTE, "")


async def test_a_look_is_in_the_clients_record(clinic: Clinic, theo: Person, ana: Person) -> None:
    for path in (of(ana), "/v1/signals"):
        clinic.clock.move(minutes=1)
        await theo.get(path)
    newest = (await ana.get("/v1/me/record-reads"))["items"][:2]
    assert [each["action"] for each in newest] == ["readInbox", "readClientSignals"]
