"""Reminders as data for the phone (content brief 7.2.9): the client's own, and never sent by the server."""

from datetime import timedelta
from typing import Any

import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.problems import words

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
OWN, SCHEDULE = "/v1/me/reminders", "/v1/me/reminder-schedule"
DAY = timedelta(days=1)
DAILY = [{"days": [*range(7)], "at": "18:30"}]


async def wish(ana: Person, **body: Any) -> dict[str, Any]:
    answer = await ana.ask("PUT", OWN, json={"times": DAILY, **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def dates(ana: Person, query: str = "") -> list[str]:
    return [each["at"][:10] for each in (await ana.get(SCHEDULE + query))["items"]]


async def test_reminders_are_off_until_the_client_asks(ana: Person) -> None:
    none = await ana.get(SCHEDULE)
    assert (none["items"], none["none_because"]) == ([], "off")
    before = await ana.get(OWN)
    assert before["times"] == []
    assert {each["id"] for each in before["texts"]} >= {"your_reminder", "if_it_suits"}
    await wish(ana)
    planned = await ana.get(SCHEDULE)
    assert len(planned["items"]) == 14
    assert "none_because" not in planned
    first = planned["items"][0]
    assert (first["zone"], first["text_id"], first["text"]) == ("Europe/Berlin", "your_reminder", "Your reminder.")
    assert (planned["lock_screen"], planned["stop_after_unopened"]) == ("Your reminder.", 5)
    await ana.ask("PUT", OWN, json={"times": []})
    assert (await ana.get(SCHEDULE))["none_because"] == "off"


async def test_a_client_writes_words_of_their_own_which_the_lock_screen_never_shows(ana: Person) -> None:
    asked = await wish(ana, own_words="Kettle first.", text_id="if_it_suits")
    assert asked["own_words"] == "Kettle first."
    planned = await ana.get(SCHEDULE + "?days=2")
    assert {(each["text_id"], each["text"]) for each in planned["items"]} == {("own_words", "Kettle first.")}
    assert planned["lock_screen"] == "Your reminder."
    await wish(ana, text_id="if_it_suits")
    assert {each["text"] for each in (await ana.get(SCHEDULE))["items"]} == {"A minute, if it suits."}


async def test_what_is_over_today_is_not_planned(clinic: Clinic, ana: Person) -> None:
    await wish(ana)
    clinic.clock.move(hours=8)
    assert (await dates(ana, "?days=3")) == ["2026-06-02", "2026-06-03"]


async def test_a_session_and_its_night_stay_free(theo: Person, ana: Person) -> None:
    await wish(ana, times=[{"days": [*range(7)], "at": "09:00"}, {"days": [*range(7)], "at": "18:30"}])
    dosing = {"kind": "dosing", "starts_at": (NOON + 2 * DAY - timedelta(hours=5)).isoformat()}
    made = await theo.ask("POST", f"/v1/clients/{ana.id}/sessions", json=dosing)
    assert await dates(ana, "?days=4") == ["2026-06-02", "2026-06-04"], "nine o'clock is over today, and one is all"
    session = f"/v1/clients/{ana.id}/sessions/{made.json()['id']}"
    await theo.ask("PATCH", session, json={"status": "cancelled"}, headers={"If-Match": made.headers["ETag"]})
    assert len(await dates(ana, "?days=4")) == 3


async def test_none_in_palliative_mode_unless_the_client_asks_for_them(theo: Person, ana: Person) -> None:
    await wish(ana)
    await theo.ask("PATCH", f"/v1/clients/{ana.id}", json={"mode": "palliative"})
    none = await ana.get(SCHEDULE)
    assert (none["items"], none["none_because"]) == ([], "palliative")
    await wish(ana, in_palliative_mode=True)
    assert len(await dates(ana)) == 14
    await theo.ask("POST", f"/v1/clients/{ana.id}/silence")
    assert (await ana.get(SCHEDULE))["none_because"] == "silenced"


@pytest.mark.parametrize("unopened, planned", [(4, 14), (5, 0), (6, 0)])
async def test_they_stop_by_themselves_after_five_that_nobody_opened(ana: Person, unopened: int, planned: int) -> None:
    await wish(ana, unopened=unopened)
    assert len(await dates(ana)) == planned
    await wish(ana, unopened=0)
    assert len(await dates(ana)) == 14


async def test_they_are_told_in_the_clients_language(theo: Person, clinic: Clinic) -> None:
    for locale, text in (("es", "Tu recordatorio."), ("es-MX", "Tu recordatorio."), ("fr", "Your reminder.")):
        made = await theo.post("/v1/clients", {"name": "Ana", "zone": "Europe/Berlin", "locale": locale})
        phone = await clinic.pair(theo, made["id"])
        assert (await phone.get(SCHEDULE))["lock_screen"] == text


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"times": DAILY * 4}, "/times"),
        ({"times": [{"days": [], "at": "18:30"}]}, "/times/0/days"),
        ({"times": [{"days": [7], "at": "18:30"}]}, "/times/0/days/0"),
        ({"times": [{"days": [0], "at": "25:00"}]}, "/times/0/at"),
        ({"times": [{"days": [0], "at": "22:00"}]}, "/times/0/at"),
        ({"text_id": "canary"}, "/text_id"),
        ({"own_words": "x" * 61}, "/own_words"),
        ({"quiet_from": "canary"}, "/quiet_from"),
    ],
)
async def test_what_is_no_wish_is_pointed_at(ana: Person, body: dict[str, Any], pointer: str) -> None:
    answer = await ana.ask("PUT", OWN, json={"times": DAILY, **body})
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [pointer])
    assert "canary" not in words(answer)


async def test_they_are_the_clients_own(clinic: Clinic, theo: Person, ana: Person) -> None:
    await wish(ana, own_words="Kettle first.")
    for method, path in (("GET", OWN), ("PUT", OWN), ("GET", SCHEDULE)):
        assert (await theo.ask(method, path, json={"times": []})).status_code == 403
    mara = await clinic.phone(theo, "Mara")
    assert (await mara.get(OWN))["times"] == []
    assert "Kettle" not in words(await theo.ask("GET", f"/v1/clients/{ana.id}"))
