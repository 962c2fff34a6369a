"""Adherence is also kept per assignment, by what its set says counts (`streaks.md` R11, R14)."""

from datetime import timedelta
from typing import Any

from support.clinic import NOON, Clinic, Person, completion

DAY = timedelta(days=1)


async def assign(theo: Person, ana: Person, **item: Any) -> str:
    whole = {"exercise": "here-in-this-room", "recurrence": {"type": "daily"}, **item}
    made = await theo.post("/v1/practice-sets", {"title": "A set", "items": [whole]})
    given = await theo.post(f"/v1/clients/{ana.id}/assignments", {"practice_set_id": made["id"]})
    return str(given["id"])


async def test_each_assignment_is_judged_by_its_own_practice(clinic: Clinic, theo: Person, ana: Person) -> None:
    anything = await assign(theo, ana, counts="any")
    this = await assign(theo, ana, exercise="land-now", counts="this")
    clinic.clock.move(days=4)
    await ana.push(completion(NOON), completion(NOON + DAY), completion(NOON + 2 * DAY, exercise="land-now"))
    report = await theo.get(f"/v1/clients/{ana.id}/report")
    told = {
        each["assignment_id"]: (each["practised"], each["missed"], each["adherence"]) for each in report["assignments"]
    }
    assert told == {anything: (3, 1, 0.75), this: (1, 3, 0.25)}


async def test_without_a_date_that_asked_there_is_no_adherence(theo: Person, ana: Person) -> None:
    await assign(theo, ana, recurrence={"type": "as_needed"})
    (told,) = (await theo.get(f"/v1/clients/{ana.id}/report"))["assignments"]
    assert "adherence" not in told
    assert (told["practised"], told["missed"], told["from"]) == (0, 0, "2026-06-01")
