"""I9: what the API tells of a streak is the pure function of the rows of the feed (`streaks.md` R18)."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import msgspec

from server.practice import figures
from server.practice.streaks import schedules
from server.practice.streaks.facts import Completion, DosingSession, Facts, Pause, Plan, Policy, ZoneChange
from server.practice.streaks.streaks import report

if TYPE_CHECKING:
    from support.sync_world import World

Rows = list[dict[str, Any]]


def of_kind(rows: Rows, kind: str) -> Rows:
    """Return the live rows of a kind, each body with its id."""
    return [{"id": row["id"], **row["body"]} for row in rows if row["kind"] == kind and not row["deleted"]]


def at(body: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(body[name]) if name in body else None


def day(body: dict[str, Any], name: str) -> date:
    return date.fromisoformat(body[name])


def facts_of(rows: Rows) -> Facts:
    return Facts(
        zones=tuple(
            ZoneChange(at=datetime.fromisoformat(each["at"]), zone=each["zone"]) for each in of_kind(rows, "zone")
        ),
        pauses=tuple(
            Pause(first=day(each, "from"), last=day(each, "to") if "to" in each else None)
            for each in of_kind(rows, "pause")
        ),
        completions=tuple(completion_of(each) for each in of_kind(rows, "completion") if each["exercise_known"]),
        sessions=tuple(session_of(each) for each in of_kind(rows, "session") if each["kind"] == "dosing"),
    )


def completion_of(body: dict[str, Any]) -> Completion:
    return Completion(
        id=body["id"],
        started_at=at(body, "started_at"),
        zone=body["zone"],
        practice_date=day(body, "practice_date"),
        outcome=body["outcome"],
        seconds=body["seconds"],
        target_seconds=body["target_seconds"],
        source=body["source"],
        logged_at=at(body, "logged_at"),
        received_at=at(body, "received_at"),
    )


def session_of(body: dict[str, Any]) -> DosingSession:
    return DosingSession(
        id=body["id"],
        start=datetime.fromisoformat(body["starts_at"]),
        status=body["status"],
        cancelled_at=at(body, "decided_at") if body["status"] == "cancelled" else None,
        zone=body["zone"],
    )


def policy_of(rows: Rows) -> Policy:
    """Return the policy of a client whose sets are all to be practised daily."""
    (client,) = of_kind(rows, "client")
    plans = tuple(Plan(schedule=schedules.Daily(), start=day(each, "from")) for each in of_kind(rows, "assignment"))
    return Policy(
        plans=plans or (Plan(schedule=schedules.AsNeeded()),),
        day_start=time.fromisoformat(client["day_start"]),
        post_dose_rest_days=client["rest_days"],
    )


async def judge_streak(world: "World", rows: Rows) -> None:
    answer = await world.ask("GET", "/v1/me/streak")
    assert answer.status_code == httpx.codes.OK, answer.text
    told = answer.json()
    last_sync = await world.house.last_delivery(UUID(world.client))
    pure = report(facts_of(rows), policy_of(rows), now=world.house.clinic.clock.now(), last_sync=last_sync)
    # What is told is the whole report; only its shape is the server's.
    expected = msgspec.json.decode(msgspec.json.encode(figures.streak(pure, told["display"])))
    wrong = sorted(name for name in expected.keys() | told.keys() if told.get(name) != expected.get(name))
    assert wrong == [], "I9: the streak is a pure function of the facts"
