"""A client with something in every table, and the same client at another clinic."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from support.clinic import NOON, Clinic, Person, check_in, completion

from server.accounts.members import find_by_email
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.privacy.arrival import Arrival, import_client
from server.privacy.ledger import Ledger

DAY = timedelta(days=1)


async def live(theo: Person, ana: Person, /, **words: str) -> None:
    """Practise, plan and share, so that every table of a client has rows; `words` are what people write."""
    path = f"/v1/clients/{ana.id}"
    for days, status in ((-10, "held"), (-3, "cancelled"), (4, "scheduled")):
        dosing = {"kind": "dosing", "starts_at": (NOON + days * DAY).isoformat(), "status": status}
        await theo.post(f"{path}/sessions", dosing)
    anchored = {"exercise": "soft-landing", "anchor": "dosing", "from_day": 1, "to_day": 5}
    items = [{"exercise": "here-in-this-room", "times_of_day": ["morning", "evening"]}, anchored]
    made = await theo.post("/v1/practice-sets", {"title": words.get("title", "Mornings"), "items": items})
    first = (NOON - 9 * DAY).date().isoformat()
    given = {"practice_set_id": made["id"], "from": first, "note": words.get("plan_note", "In your own time.")}
    await theo.post(f"{path}/assignments", given)
    taken_back = completion(NOON - DAY)
    note = words.get("note", "Calmer than yesterday.")
    by_hand = {"source": "manual", "practice_date": "2026-05-30", "logged_at": (NOON - DAY).isoformat()}
    manual = completion(NOON - 2 * DAY, **by_hand)
    del manual["body"]["started_at"]
    await ana.push(
        *(completion(NOON - days * DAY, note=note, distress_before=6, distress_after=3) for days in range(2, 9)),
        completion(NOON, outcome="safe_stop", stop_reason="memory_came", exercise="no-such-exercise"),
        manual,
        taken_back,
        {"id": taken_back["id"], "op": "void", "type": "completion"},
        {"id": str(uuid4()), "op": "put", "type": "zone", "body": {"at": NOON.isoformat(), "zone": "Europe/Lisbon"}},
    )
    await ana.post("/v1/me/pauses", {"from": (NOON - 11 * DAY).date().isoformat()})
    gone = await theo.post(f"{path}/pauses", {"from": NOON.date().isoformat()})
    await theo.ask("DELETE", f"{path}/pauses/{gone['id']}")
    await tell(theo, ana, words)
    await ana.ask("PATCH", "/v1/me/preferences", json={"display": "count"})
    await ana.post("/v1/me/consents", {"scope": "notes"})
    await ana.post("/v1/me/consents", {"scope": "streak", "member_id": theo.id})
    await ana.post("/v1/me/calendar-feeds", {"sessions": True})
    await support(ana, words.get("supporter", "Sam"), words.get("shown", "A."), theo.handle)


async def tell(theo: Person, ana: Person, words: dict[str, str]) -> None:
    """Tell of moments, and let Theo look at one and move a threshold; Ana wants to be reminded."""
    path, gone = f"/v1/clients/{ana.id}", check_in(NOON, distress=2)
    call = check_in(NOON - DAY, not_ok=True, mood_word=words.get("mood", "grey"), presence=3)
    await ana.push(call, gone, {"id": gone["id"], "op": "void", "type": "check_in"})
    shared = await ana.post("/v1/me/consents", {"scope": "check_ins"})
    signal, *_ = (await theo.get(f"{path}/signals"))["items"]
    await theo.post(f"{path}/signals/{signal['id']}/acknowledgements")
    await ana.ask("DELETE", f"/v1/me/consents/{shared['id']}")
    moved = {"rules": [{"rule": "S1", "thresholds": {"rise": 4}}, {"rule": "S10", "on": False}]}
    assert (await theo.ask("PUT", f"{path}/signal-settings", json=moved)).status_code == 200
    wanted = {"times": [{"days": [0, 3], "at": "18:30"}], "own_words": words.get("own", "Kettle first.")}
    assert (await ana.ask("PUT", "/v1/me/reminders", json=wanted)).status_code == 200
    assert (await theo.ask("PATCH", path, json={"mode": "perinatal", "grace": 2})).status_code == 200
    agreed = {"exercise": "box-with-a-lid", "by": "therapist", "reason": words.get("reason", "Tried it together.")}
    known = {"flags": ["dissociation_prone"], "dates": {"due": "2026-09-01"}, "approvals": [agreed]}
    answer = await theo.ask("PUT", f"{path}/flags", json=known, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def support(ana: Person, name: str, shown: str, handle: str | None = None) -> Person:
    """Let somebody support Ana, with a phone of their own."""
    await prove(ana)
    given = {"name": name, "shown_name": shown, "scopes": ["streak"]}
    person = (await ana.post("/v1/me/support-persons", given))["support_person"]
    code = (await ana.post(f"/v1/me/support-persons/{person['id']}/pairing-codes"))["code"]
    body = {"code": code, "zone": "Europe/Berlin", **({"organisation": handle} if handle else {})}
    answer = await ana.http.post("/v1/auth/pair", json=body)
    assert answer.status_code == 201, answer.text
    return Person(ana.http, answer.json(), ("/v1/auth/refresh", {}))


async def prove(person: Person) -> None:
    """Let somebody with a phone prove again who they are."""
    await person.post("/v1/auth/step-up", {"refresh_token": person.tokens["refresh_token"]})


async def take_along(person: Person) -> bytes:
    """Return a client's archive as their phone gets it."""
    await prove(person)
    answer = await person.ask("GET", "/v1/me/export")
    assert answer.status_code == 200, answer.text
    return answer.content


async def take_in(clinic: Clinic, organisation: UUID, packed: bytes, email: str = "theo@clinic.example") -> UUID:
    """Take an archive in, in the care of a member."""
    async with unit_of_work(clinic.sessions, writes=True) as session:
        await enter(session, organisation)
        member = await find_by_email(session, clinic.keys, organisation, email)
        assert member
        where = Arrival(organisation=organisation, member=member.id, now=clinic.clock.now())
        return await import_client(session, clinic.keys, Ledger(clinic.settings.erasures), where, packed)


async def erase(person: Person) -> httpx.Response:
    """Let a client erase themselves."""
    await prove(person)
    return await person.ask("DELETE", "/v1/me")


def opened(packed: bytes) -> dict[str, Any]:
    """Return the content of an archive by file."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(texts.pop("manifest.json"))
    return {
        "manifest.json": manifest,
        **{name: [json.loads(line) for line in text.splitlines()] for name, text in texts.items()},
    }


ASKED_BY_ANA = (
    "/v1/me/check-ins",
    "/v1/me/reminders",
    "/v1/me/reminder-schedule",
    "/v1/me/flags",
    "/v1/me/suitability",
    "/v1/me",
    "/v1/me/agenda?from=2026-05-20&to=2026-06-10",
    "/v1/me/streak",
    "/v1/me/streak/explain",
)
ASKED_BY_THEO = (
    "/signal-settings",
    "/suitability",
    "",
    "/sessions",
    "/assignments",
    "/agenda?from=2026-05-20&to=2026-06-10",
    "/report",
)


async def tells(theo: Person, ana: Person) -> dict[str, Any]:
    """Return what Ana and her therapist are told."""
    asked = {path: await ana.get(path) for path in ASKED_BY_ANA}
    return asked | {f"theo{path}": await theo.get(f"/v1/clients/{ana.id}{path}") for path in ASKED_BY_THEO}
