"""What a therapist plans, in one line each."""

from datetime import date, datetime
from typing import Any

from support.clinic import Person

EXERCISE = "here-in-this-room"


def item(exercise: str = EXERCISE, **more: Any) -> dict[str, Any]:
    return {"exercise": exercise, **more}


def around(first: int, last: int, kind: str = "dosing", **more: Any) -> dict[str, Any]:
    """Return an item for the days from `first` to `last` around each session of a kind."""
    return item(**{"anchor": kind, "from_day": first, "to_day": last, **more})


async def practice_set(theo: Person, *items: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = await theo.post("/v1/practice-sets", {"title": "A set", "items": list(items) or [item()]})
    return made


async def assign(theo: Person, ana: Person, *items: dict[str, Any], **dates: date) -> dict[str, Any]:
    """Give a client a new set; `first` and `last` bound the assignment."""
    made = await practice_set(theo, *items)
    names = {"first": "from", "last": "to"}
    body = {"practice_set_id": made["id"], **{names[name]: day.isoformat() for name, day in dates.items()}}
    given: dict[str, Any] = await theo.post(f"/v1/clients/{ana.id}/assignments", body)
    return given


async def plan_session(theo: Person, ana: Person, starts_at: datetime, **more: Any) -> dict[str, Any]:
    body = {"kind": "dosing", "starts_at": starts_at.isoformat(), **more}
    planned: dict[str, Any] = await theo.post(f"/v1/clients/{ana.id}/sessions", body)
    return planned


async def change_session(theo: Person, ana: Person, session: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Change a session as its reader sees it."""
    return await _changed(theo, f"/v1/clients/{ana.id}/sessions/{session['id']}", session["revision"], changes)


async def change_set(theo: Person, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Make the next version of a set as its reader sees it."""
    return await _changed(theo, f"/v1/practice-sets/{made['id']}", made["version"], changes)


async def change_assignment(theo: Person, ana: Person, given: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Change an assignment as its reader sees it."""
    return await _changed(theo, f"/v1/clients/{ana.id}/assignments/{given['id']}", given["revision"], changes)


async def move_assignment(theo: Person, ana: Person, given: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Move an assignment to a newer version of its set, as its reader sees it."""
    moved: dict[str, Any] = await theo.post(
        f"/v1/clients/{ana.id}/assignments/{given['id']}/move", body, headers={"If-Match": f'"r{given["revision"]}"'}
    )
    return moved


async def _changed(theo: Person, path: str, revision: int, changes: dict[str, Any]) -> dict[str, Any]:
    answer = await theo.ask("PATCH", path, json=changes, headers={"If-Match": f'"r{revision}"'})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def agenda(person: Person, first: date | None = None, last: date | None = None) -> list[dict[str, Any]]:
    span = {"from": first, "to": last}
    params = {name: day.isoformat() for name, day in span.items() if day}
    return list((await person.get("/v1/me/agenda", params=params))["occurrences"])
