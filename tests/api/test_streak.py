"""The streak as the client reads it; the rules themselves are tested as pure functions in tests/unit/streaks."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.plans import around, assign, change_session, item, plan_session

from server.practice.streaks import (
    AsNeeded,
    Completion,
    Daily,
    DosingSession,
    EveryNDays,
    Facts,
    OnDates,
    Plan,
    Policy,
    Schedule,
    Weekdays,
    WeeklyQuota,
    ZoneChange,
    explain,
    report,
)

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

DAY = timedelta(days=1)


async def test_a_new_client_has_a_new_streak(ana: Person) -> None:
    streak = await ana.get("/v1/me/streak")
    assert (streak["state"], streak["current"], streak["display"]) == ("new", 0, "gentle")
    assert "adherence" not in streak


async def test_practice_without_an_assignment_counts(ana: Person, clinic: Clinic) -> None:
    clinic.clock.move(days=3)
    results = await ana.push(*(completion(NOON + timedelta(days=day)) for day in range(3)))
    assert [each["status"] for each in results] == ["stored"] * 3
    assert (await ana.get("/v1/me/streak"))["current"] == 3


@pytest.mark.parametrize("display", ["off", "gentle", "count"])
async def test_the_client_decides_how_much_is_shown(ana: Person, display: str) -> None:
    changed = await ana.ask("PATCH", "/v1/me/preferences", json={"display": display})
    assert changed.status_code == 200
    assert (await ana.get("/v1/me/streak"))["display"] == display


async def test_the_therapist_reads_no_streak(theo: Person, ana: Person) -> None:
    assert (await theo.ask("GET", "/v1/me/streak")).status_code == 403
    assert (await theo.ask("GET", f"/v1/clients/{ana.id}/streak")).status_code == 404


async def test_one_missed_day_is_forgiven_and_a_second_begins_anew(ana: Person, theo: Person, clinic: Clinic) -> None:
    await assign(theo, ana)
    clinic.clock.move(days=6)
    await ana.push(*(completion(NOON + n * DAY) for n in (0, 1, 3, 4)))
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["longest"], streak["grace_used"]) == (2, 4, 2)
    assert streak["missed"] == ["2026-06-03", "2026-06-06"]


async def test_a_session_sets_its_date_aside_and_no_other(ana: Person, theo: Person, clinic: Clinic) -> None:
    await assign(theo, ana)
    session, off = [await plan_session(theo, ana, NOON + n * DAY) for n in (1, 2)]
    await change_session(theo, ana, off, status="cancelled")
    clinic.clock.move(days=4)
    await ana.push(completion(NOON), completion(NOON + 3 * DAY))
    for status in ("held", "no_show", "cancelled", "scheduled"):
        session = await change_session(theo, ana, session, status=status)
        streak = await ana.get("/v1/me/streak")
        assert (streak["neutral"], streak["missed"]) == (
            {"2026-06-02": "dosing", "2026-06-05": "open"},
            ["2026-06-03"],
        ), "cancelled too late or not at all, its date stays; cancelled the day before, it never was one"


class History:
    """What happened to one client, told to the server over HTTP and kept as the facts of the pure function."""

    def __init__(self, clinic: Clinic, theo: Person, ana: Person, seed: int) -> None:
        self.clinic = clinic
        self.theo = theo
        self.ana = ana
        self.chance = random.Random(seed)  # noqa: S311 - a test's own dice
        self.plans: list[Plan] = []
        self.sessions: list[DosingSession] = []
        self.completions: list[Completion] = []
        self.voids: set[str] = set()
        self.zones = [ZoneChange(at=NOON, zone="Europe/Berlin")]
        self.rest_days = self.chance.randint(0, 2)
        self.delivered: datetime | None = None

    async def live(self) -> None:
        changed = await self.theo.ask("PATCH", f"/v1/clients/{self.ana.id}", json={"rest_days": self.rest_days})
        assert changed.status_code == 200
        await self._plan_sessions()
        await self._assign()
        for _ in range(5):
            self.clinic.clock.move(days=self.chance.randint(2, 9), minutes=self.chance.randint(0, 900))
            await self._deliver()
        if self.chance.random() < 0.5:
            self.clinic.clock.move(days=3)

    async def _plan_sessions(self) -> None:
        """Sessions of the past, some of them decided: what is to come is decided by nobody yet."""
        for n in range(3):
            self.clinic.clock.at = NOON
            start = NOON + (6 + 9 * n) * DAY
            planned = await plan_session(self.theo, self.ana, start)
            status = self.chance.choice(["scheduled", "held", "held", "no_show", "cancelled"])
            if status != "scheduled":
                early = status == "cancelled" and self.chance.random() < 0.5
                self.clinic.clock.at = start + (-2 * DAY if early else timedelta(hours=1))
                planned = await change_session(self.theo, self.ana, planned, status=status)
            self.sessions.append(
                DosingSession(
                    id=planned["id"],
                    start=start,
                    status=status,  # type: ignore[arg-type] # chosen from just these
                    zone="Europe/Berlin",
                    cancelled_at=self.clinic.clock.at if status == "cancelled" else None,
                )
            )
        self.clinic.clock.at = NOON

    async def _assign(self) -> None:
        today = NOON.date()
        for _ in range(self.chance.randint(0, 2)):
            first = today + self.chance.randint(-5, 10) * DAY
            last = self.chance.choice([None, first + 20 * DAY])
            recurrence, schedule = self.chance.choice(_schedules(first))
            begin = self.chance.randint(-3, 1)
            items = [item(recurrence=recurrence), around(begin, begin + 4)]
            await assign(self.theo, self.ana, *items, first=first, **({"last": last} if last else {}))
            self.plans += [
                Plan(schedule=schedule, start=first, end=last),
                Plan(schedule=OnDates(dates=frozenset(self._around(begin, begin + 4))), start=first, end=last),
            ]

    def _around(self, first: int, last: int) -> list[date]:
        dates = [each.start.date() for each in self.sessions if each.status != "cancelled"]
        return [day + n * DAY for day in dates for n in range(first, last + 1)]

    async def _deliver(self) -> None:
        now = self.clinic.clock.at
        items: list[dict[str, Any]] = []
        for _ in range(self.chance.randint(0, 7)):
            put, fact = self._practice(now)
            items.append(put)
            self.completions.append(fact)
            if self.chance.random() < 0.15:
                items.append({"id": put["id"], "op": "void", "type": "completion"})
                self.voids.add(put["id"])
        if self.chance.random() < 0.3:
            change = ZoneChange(at=now - timedelta(hours=20), zone=self.chance.choice(["Asia/Tokyo", "Pacific/Apia"]))
            self.zones.append(change)
            body = {"at": change.at.isoformat(), "zone": change.zone}
            items.append({"id": str(uuid4()), "op": "put", "type": "zone", "body": body})
        self.chance.shuffle(items)
        results = await self.ana.push(*items)
        assert {each["status"] for each in results} <= {"stored", "voided"}
        self.delivered = now

    def _practice(self, now: datetime) -> tuple[dict[str, Any], Completion]:
        body: dict[str, Any] = {
            "zone": self.chance.choice(["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"]),
            "outcome": self.chance.choice(["completed", "completed", "partial", "safe_stop"]),
            "seconds": self.chance.randint(0, 240),
            "source": self.chance.choice(["player", "player", "player", "proxy"]),
        }
        ago = self.chance.choice([-30, -5, 0, *(self.chance.randint(0, 15_000) for _ in range(12))])
        practice = completion(now - ago * timedelta(minutes=1), **body)
        if self.chance.random() < 0.2:
            day = (now - self.chance.randint(1, 10) * DAY).date()
            practice["body"] |= {"source": "manual", "practice_date": day.isoformat(), "logged_at": now.isoformat()}
            del practice["body"]["started_at"]
        known = {"exercise", "exercise_version"}
        told = {name: value for name, value in practice["body"].items() if name not in known}
        return practice, msgspec.convert({**told, "id": practice["id"], "received_at": now}, Completion)

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of the pure function."""
        return {
            "facts": Facts(
                zones=tuple(self.zones),
                completions=tuple(self.completions),
                voids=frozenset(self.voids),
                sessions=tuple(self.sessions),
            ),
            "policy": Policy(
                plans=tuple(self.plans) or (Plan(schedule=AsNeeded()),),
                day_start=time(4),
                post_dose_rest_days=self.rest_days,
            ),
            "now": self.clinic.clock.at,
            "last_sync": self.delivered,
        }


def _schedules(first: date) -> list[tuple[dict[str, Any], Schedule]]:
    return [
        ({"type": "daily"}, Daily()),
        ({"type": "weekdays", "days": [0, 2, 4]}, Weekdays(days=frozenset({0, 2, 4}))),
        ({"type": "every_n_days", "n": 3}, EveryNDays(n=3, anchor=first)),
        ({"type": "weekly_quota", "n": 4}, WeeklyQuota(n=4)),
        ({"type": "as_needed"}, AsNeeded()),
    ]


def _as_told(told: Any) -> Any:
    """Write a report as the API does: what is not known is left out, and an interval names its session."""
    if isinstance(told, dict):
        named = {("session_id" if key == "session" else key): value for key, value in told.items()}
        return {key: _as_told(value) for key, value in named.items() if value is not None}
    return [_as_told(each) for each in told] if isinstance(told, list | tuple) else told


async def test_the_streak_is_the_pure_function_of_what_was_told(clinic: Clinic, theo: Person) -> None:
    seen: set[str] = set()
    for seed in range(8):
        clinic.clock.at = NOON
        ana = await clinic.phone(theo, "Ana")
        history = History(clinic, theo, ana, seed)
        await history.live()
        expected = _as_told(msgspec.to_builtins(report(**history.asked)))
        streak = await ana.get("/v1/me/streak")
        del streak["display"]
        assert streak == expected
        first, last = date(2026, 5, 20), date(2026, 8, 1)
        days = await ana.get("/v1/me/streak/explain?from=2026-05-20&to=2026-08-01")
        assert days["days"] == msgspec.to_builtins(explain(**history.asked, first=first, last=last))
        shown = await theo.get(f"/v1/clients/{ana.id}/report")
        assert [each["figures"] for each in shown["intervals"]] == [expected["preparation"], *expected["intervals"]]
        seen |= {*streak["neutral"].values(), *(name for name in ("missed", "held", "ignored") if streak[name])}
    assert seen >= {"missed", "held", "ignored", "dosing", "rest", "not_due", "open"}, "control: not all alike"


async def test_a_practice_of_a_dead_clock_slows_nothing(ana: Person, theo: Person) -> None:
    await assign(theo, ana)
    await ana.push(completion(datetime(1970, 1, 1, 12, tzinfo=UTC)), completion(NOON))
    streak = await ana.get("/v1/me/streak")
    assert (streak["current"], streak["neutral"]) == (1, {})
