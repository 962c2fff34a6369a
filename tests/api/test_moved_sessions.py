"""Moving sessions about and back gives the agenda byte for byte; ids outlive every move (`domain.md`, Plan)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import lasting as shared
from support.clinic import Clinic, Person
from support.plans import around, assign, change_session, item, plan_session

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

TUESDAY = datetime(2026, 6, 23, 8, 0, tzinfo=UTC)
SPAN = "from=2026-06-01&to=2026-09-01"
# Minutes, so that sessions also cross midnight, the beginning of a day, and each other.
shifts = st.integers(-20 * 24 * 60, 20 * 24 * 60)
moves = st.lists(st.tuples(st.integers(0, 2), shifts), min_size=1, max_size=5)


async def planned(theo: Person, ana: Person) -> list[dict[str, Any]]:
    """Plan three sessions, two of a kind on one day, and practice around them and by the calendar."""
    await assign(
        theo,
        ana,
        item("land-now", recurrence={"type": "every_n_days", "n": 3}),
        around(-3, 4, exercise="soft-landing", times_of_day=["evening", "morning"]),
        around(-1, 2, kind="integration", exercise="hands-and-feet-scan", recurrence={"type": "every_n_days", "n": 2}),
        {"any_of": ["follow-the-dot", "land-now"], "anchor": "dosing", "from_day": 1, "to_day": 1},
    )
    return [
        await plan_session(theo, ana, TUESDAY),
        await plan_session(theo, ana, TUESDAY + timedelta(hours=3)),
        await plan_session(theo, ana, TUESDAY + timedelta(days=9), kind="integration", zone="Asia/Tokyo"),
    ]


async def shown(theo: Person, ana: Person) -> tuple[bytes, bytes, bytes]:
    agendas = [
        await ana.ask("GET", f"/v1/me/agenda?{SPAN}"),
        await theo.ask("GET", f"/v1/clients/{ana.id}/agenda?{SPAN}"),
    ]
    assert {each.status_code for each in agendas} == {200}
    mine, theirs = agendas
    return mine.content, theirs.content, mine.headers["etag"].encode()


async def moved(theo: Person, ana: Person, session: dict[str, Any], to: datetime) -> dict[str, Any]:
    return await change_session(theo, ana, session, starts_at=to.isoformat())


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=moves)
@example(steps=[(0, 24 * 60), (0, 5 * 24 * 60)])
async def test_moving_about_and_back_gives_the_identical_agenda(
    theo: Person, clinic: Clinic, steps: list[tuple[int, int]]
) -> None:
    mara = await clinic.phone(theo, "Mara")
    sessions = await planned(theo, mara)
    before = await shown(theo, mara)
    starts = [datetime.fromisoformat(each["starts_at"]) for each in sessions]
    for which, minutes in steps:
        sessions[which] = await moved(theo, mara, sessions[which], starts[which] + timedelta(minutes=minutes))
    for which in {which for which, _ in steps}:
        sessions[which] = await moved(theo, mara, sessions[which], starts[which])
    assert await shown(theo, mara) == before
    await moved(theo, mara, sessions[0], starts[0] + timedelta(days=1))
    assert await shown(theo, mara) != before, "control"


async def test_a_move_changes_dates_and_no_id(theo: Person, ana: Person) -> None:
    sessions = await planned(theo, ana)
    before = (await ana.get(f"/v1/me/agenda?{SPAN}"))["occurrences"]
    await moved(theo, ana, sessions[0], TUESDAY + timedelta(days=11))
    after = (await ana.get(f"/v1/me/agenda?{SPAN}"))["occurrences"]
    dates = {each["id"]: each["date"] for each in after}
    assert dates.keys() == {each["id"] for each in before}
    for each in before:
        later = datetime.fromisoformat(dates[each["id"]]) - datetime.fromisoformat(each["date"])
        assert later == timedelta(days=11 if each.get("session_id") == sessions[0]["id"] else 0)
