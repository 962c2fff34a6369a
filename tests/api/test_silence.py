"""The end-of-life switch: everything is silent at once, nothing is deleted, and it can be undone."""

from datetime import timedelta
from typing import Any

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, check_in, completion
from support.people import let_in

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
OWN = "/v1/me/silence"
DAY = timedelta(days=1)


def of(ana: Person) -> str:
    return f"/v1/clients/{ana.id}/silence"


async def prepare(theo: Person, ana: Person) -> None:
    """Plan, practise, share, call and ask to be reminded, so that there is something to silence."""
    made = await theo.post("/v1/practice-sets", {"title": "Daily", "items": [{"exercise": "soft-landing"}]})
    await theo.post(f"/v1/clients/{ana.id}/assignments", {"practice_set_id": made["id"]})
    await ana.push(completion(NOON), check_in(NOON, not_ok=True))
    await ana.post("/v1/me/consents", {"scope": "check_ins"})
    await ana.ask("PUT", "/v1/me/reminders", json={"times": [{"days": [*range(7)], "at": "18:30"}]})


async def told(theo: Person, ana: Person) -> dict[str, Any]:
    return {
        "reminders": len((await ana.get("/v1/me/reminder-schedule"))["items"]),
        "signals": len((await theo.get(f"/v1/clients/{ana.id}/signals"))["items"]),
        "inbox": len((await theo.get("/v1/signals"))["items"]),
        "due": {each["due"] for each in (await ana.get("/v1/me/agenda"))["occurrences"]},
        "due for staff": {each["due"] for each in (await theo.get(f"/v1/clients/{ana.id}/agenda"))["occurrences"]},
        "display": (await ana.get("/v1/me/streak"))["display"],
        "me": (await ana.get("/v1/me"))["display"],
    }


SPOKEN = {"signals": 1, "inbox": 1, "due": {True}, "due for staff": {True}, "display": "gentle", "me": "gentle"}
SILENT = {
    "reminders": 0,
    "signals": 0,
    "inbox": 0,
    "due": {False},
    "due for staff": {False},
    "display": "off",
    "me": "off",
}


@pytest.mark.parametrize("by_client", [True, False])
async def test_everything_is_silent_at_once_and_comes_back(theo: Person, ana: Person, *, by_client: bool) -> None:
    await prepare(theo, ana)
    who, path = (ana, OWN) if by_client else (theo, of(ana))
    before = await told(theo, ana)
    assert before == {**SPOKEN, "reminders": 14}
    answer = await who.ask("POST", path)
    assert (answer.status_code, answer.json()) == (200, {"since": "2026-06-01T12:00:00Z"})
    assert await told(theo, ana) == SILENT
    assert (await who.ask("DELETE", path)).status_code == 204
    assert await told(theo, ana) == before


async def test_again_changes_nothing(clinic: Clinic, theo: Person, ana: Person) -> None:
    first = (await theo.ask("POST", of(ana))).json()
    clinic.clock.move(days=1)
    assert (await ana.ask("POST", OWN)).json() == first
    assert (await theo.get(f"/v1/clients/{ana.id}"))["silenced_at"] == first["since"]
    for _ in range(2):
        assert (await theo.ask("DELETE", of(ana))).status_code == 204
    assert "silenced_at" not in await theo.get(f"/v1/clients/{ana.id}")


async def test_nothing_is_deleted_and_what_comes_meanwhile_is_kept(theo: Person, ana: Person) -> None:
    await prepare(theo, ana)
    await theo.ask("POST", of(ana))
    assert [each["status"] for each in await ana.push(completion(NOON), check_in(NOON))] == ["stored", "stored"]
    assert len((await ana.get("/v1/me/check-ins"))["items"]) == 2
    assert (await ana.get("/v1/me/reminders"))["times"]
    assert (await ana.get("/v1/me/reminder-schedule"))["none_because"] == "silenced"


async def test_nobody_has_missed_the_dates_in_between(clinic: Clinic, theo: Person, ana: Person) -> None:
    await prepare(theo, ana)
    clinic.clock.move(days=1)
    await theo.ask("POST", of(ana))
    clinic.clock.move(days=6)
    await theo.ask("DELETE", of(ana))
    await ana.push()
    streak = await ana.get("/v1/me/streak")
    assert (streak["missed"], streak["current"]) == ([], 1)
    assert list(streak["neutral"].values()) == ["paused"] * 7
    clinic.clock.move(days=2)
    await ana.push()
    assert (await ana.get("/v1/me/streak"))["missed"] == ["2026-06-09"], "control: later dates count again"


async def test_who_supports_is_shown_nothing_meanwhile(clinic: Clinic, theo: Person, ana: Person) -> None:
    link = await ana.post("/v1/me/support-persons", {"name": "Sam", "scopes": ["streak", "check_ins"]})
    sam = await let_in(clinic, link["pairing_link"]["url"])
    assert (await sam.get("/v1/support/view")).keys() == {"streak", "check_ins"}
    await theo.ask("POST", of(ana))
    assert await sam.get("/v1/support/view") == {}


async def test_a_report_has_no_streak_meanwhile(theo: Person, ana: Person) -> None:
    await ana.post("/v1/me/consents", {"scope": "streak"})
    path = f"/v1/clients/{ana.id}/report"
    assert "streak" in await theo.get(path)
    await theo.ask("POST", of(ana))
    assert "streak" not in await theo.get(path)


async def test_it_is_for_the_client_and_those_who_care_for_them(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    other = await clinic.member(await clinic.found("other-house"), "nils@clinic.example", "other-house")
    for method in ("POST", "DELETE"):
        assert (await other.ask(method, of(ana))).status_code == 404
        assert (await mara.ask(method, of(ana))).status_code == 403
        assert (await theo.ask(method, OWN)).status_code == 403
    await mara.ask("POST", OWN)
    assert (await ana.get("/v1/me"))["silenced"] is False


async def test_both_are_in_the_clients_record(clinic: Clinic, theo: Person, ana: Person) -> None:
    for who, method, path in ((theo, "POST", of(ana)), (ana, "DELETE", OWN)):
        clinic.clock.move(minutes=1)
        await who.ask(method, path)
    newest = (await ana.get("/v1/me/record-reads"))["items"][:2]
    assert [(each["role"], each["action"]) for each in newest] == [
        ("client", "liftMySilence"),
        ("therapist", "silenceClient"),
    ]
