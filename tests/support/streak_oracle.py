"""A second, slow implementation of streaks.md: it walks every quarter of an hour and tries every run.

It shares no code with the server. It reads the JSON of a case and answers with the JSON of its expected report. Zone
changes and `day_start` must fall on quarters of an hour.
"""

import json
import math
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def oracle(case: dict[str, Any]) -> dict[str, Any]:
    return _Oracle(case).report()


@cache
def local_date(instant: datetime, zone: str, day_start: str) -> date:
    wall = instant.astimezone(ZoneInfo(zone))
    return wall.date() - DAY if wall.strftime("%H:%M") < day_start else wall.date()


@cache
def span(day: date, zone: str, day_start: str) -> tuple[datetime, datetime]:
    """The quarter from which the clock never again says an earlier date, and the same for the next date."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    ticks = [midnight + n * QUARTER for n in range(-4 * 40, 4 * 70)]
    begins = max(t for t in ticks if local_date(t, zone, day_start) < day) + QUARTER
    ends = max(t for t in ticks if local_date(t, zone, day_start) <= day) + QUARTER
    return begins, ends


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class _Oracle:
    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.policy = case.get("policy", {})
        self.schedule = self.policy.get("schedule", {"type": "daily"})
        self.day_start = self.policy.get("day_start", "04:00")
        self.now = instant(case["now"])
        self.zones = sorted((instant(at), zone) for at, zone in case["zones"])
        self.zones = [z for z in self.zones if z[0] <= self.now] or self.zones[:1]
        self.today = self.date_of(self.now)
        self.held: set[str] = set()
        self.ignored: set[str] = set()
        self.practised = self.find_practised()
        first = min(self.practised, default=self.today)
        self.start = self.day_or(self.policy.get("start"), first)
        self.end = self.day_or(self.policy.get("end"), date(2100, 1, 1))
        self.newest = min(self.end, max([self.today, *self.practised]))
        self.dates = [self.start + n * DAY for n in range(max(0, (self.newest - self.start).days + 1))]
        self.kinds = {day: self.kind(day) for day in self.dates}

    @staticmethod
    def day_or(text: str | None, otherwise: date) -> date:
        return date.fromisoformat(text) if text else otherwise

    def zone_at(self, moment: datetime) -> str:
        zone: str = [z for at, z in self.zones if at <= moment or at == self.zones[0][0]][-1]
        return zone

    def date_of(self, moment: datetime, zone: str | None = None) -> date:
        return local_date(moment, zone or self.zone_at(moment), self.day_start)

    # R2, R12, R13
    def find_practised(self) -> set[date]:
        by_id: dict[str, list[dict[str, Any]]] = {}
        for c in self.case.get("completions", []):
            by_id.setdefault(c["id"], []).append(c)
        by_date: dict[date, list[dict[str, Any]]] = {}
        for same in by_id.values():
            c = min(same, key=lambda c: instant(c["received_at"]) if "received_at" in c else self.now)
            if c["id"] not in self.case.get("voids", []):
                day = self.place(c)
                if day:
                    by_date.setdefault(day, []).append(c)
        return {day for day, those in by_date.items() if self.units(those) >= self.policy.get("target", 1)}

    def place(self, c: dict[str, Any]) -> date | None:
        received = instant(c["received_at"]) if "received_at" in c else self.now
        if c.get("source") == "manual":
            day = date.fromisoformat(c["practice_date"])
            logged = self.date_of(instant(c["logged_at"]), c["zone"])
            if day + self.policy.get("backdate_days", 7) * DAY < logged:
                self.ignored.add(c["id"])
                return None
            return day
        if instant(c["started_at"]) > received + timedelta(seconds=self.policy.get("future_skew_seconds", 300)):
            self.held.add(c["id"])
            return None
        return self.date_of(instant(c["started_at"]), c["zone"])

    def units(self, completions: list[dict[str, Any]]) -> int:
        count, rest = 0, 0
        for c in completions:
            seconds, target = c.get("seconds", 0), c.get("target_seconds", 0)
            enough = target > 0 and seconds >= self.policy.get("min_fraction", 0.8) * target
            if c.get("outcome", "completed") in ("completed", "safe_stop") or enough:
                count += 1
            else:
                rest += seconds
        return count + 1 if rest >= self.policy.get("partial_credit_seconds", 180) else count

    # R3
    def kind(self, day: date) -> str:
        aside = self.aside(day)
        if aside:
            return aside
        if not self.due(day):
            return "not_due"
        if day >= self.today:
            return "open"
        return "missed" if self.is_delivered(day) else "unknown"

    def aside(self, day: date) -> str:
        if day in self.practised:
            return "practised"
        for p in self.case.get("pauses", []):
            if date.fromisoformat(p["from"]) <= day <= self.day_or(p.get("to"), date.max):
                return "paused"
        sessions = self.case.get("sessions", [])
        if any(self.date_of(instant(s["start"]), s.get("zone")) == day and self.stands(s, day) for s in sessions):
            return "dosing"
        for back in range(1, self.policy.get("post_dose_rest_days", 0) + 1):
            if any(day - back * DAY == held for held, _ in self.held_sessions()):
                return "rest"
        return "short_day" if self.hours_lived(day) < self.policy.get("short_day_hours", 12) else ""

    # R4
    def stands(self, s: dict[str, Any], day: date) -> bool:
        if s["status"] != "cancelled":
            return True
        return "cancelled_at" in s and self.date_of(instant(s["cancelled_at"]), s.get("zone")) >= day

    def held_sessions(self) -> list[tuple[date, str]]:
        held = [s for s in self.case.get("sessions", []) if s["status"] == "held"]
        found = {(self.date_of(instant(s["start"]), s.get("zone")), instant(s["start"]), s["id"]) for s in held}
        return [(day, name) for day, _, name in sorted(found)]

    # R6
    def hours_lived(self, day: date) -> float:
        if len(self.zones) == 1 and self.zones[0][1] != "Pacific/Apia":
            return 24.0
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        ticks = (noon + n * QUARTER for n in range(-4 * 60, 4 * 60))
        return sum(self.is_in_span(tick, day) for tick in ticks) / 4

    def is_in_span(self, tick: datetime, day: date) -> bool:
        begins, ends = span(day, self.zone_at(tick), self.day_start)
        return begins <= tick < ends

    # R8
    def is_delivered(self, day: date) -> bool:
        """No moment from the delivery on belongs to the date or to an earlier one."""
        synced = instant(self.case.get("last_sync_at", self.case["now"]))
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        ticks = (midnight + n * QUARTER for n in range(-4 * 60, 4 * 90))
        changes = [at for at, _ in self.zones if at > synced]
        later = [synced, *changes, *(t for t in ticks if t > synced)]
        return all(self.date_of(moment) > day for moment in later)

    # R11
    def due(self, day: date) -> bool:
        s = self.schedule
        match s["type"]:
            case "daily":
                return True
            case "weekdays":
                return day.isoweekday() - 1 in set(s["days"])
            case "every_n_days":
                return (day.toordinal() - date.fromisoformat(s["anchor"]).toordinal()) % int(s["n"]) == 0
            case "weekly_quota":
                return day in self.quota(day)[1]
        return False

    def quota(self, day: date) -> tuple[list[date], list[date]]:
        """The dates of the week that were practised within the need, and those that are wanting once it has closed."""
        monday = day - day.weekday() * DAY
        week = [monday + n * DAY for n in range(7) if self.start <= monday + n * DAY <= self.end]
        eligible = [d for d in week if self.aside(d) in ("practised", "")]
        need = min(len(eligible), math.ceil(self.schedule["n"] * len(eligible) / 7))
        done = [d for d in eligible if d in self.practised]
        free = [d for d in eligible if d not in self.practised]
        closed = week[-1] < self.today
        wanting = max(0, need - len(done)) if closed else 0
        return done[:need], list(reversed(list(reversed(free))[:wanting]))

    # R14
    def adherence(self, dates: list[date]) -> float | None:
        kept = sum(self.kinds[d] == "practised" and self.was_asked(d) for d in dates)
        missed = sum(self.kinds[d] == "missed" for d in dates)
        return None if kept + missed == 0 else round(kept / (kept + missed), 3)

    def was_asked(self, day: date) -> bool:
        return day in self.quota(day)[0] if self.schedule["type"] == "weekly_quota" else self.due(day)

    # R9
    def run_ending_at(self, counted: list[bool], end: int) -> int:
        grace, size = self.policy.get("grace", 1), self.policy.get("grace_window", 7)
        best = 0
        for begin in range(end, -1, -1):
            run = counted[begin : end + 1]
            windows = [run[max(0, n - size) : n] for n in range(1, len(run) + 1)]
            if any(w.count(False) > grace for w in windows):
                break
            best = run.count(True)
        return best

    # R15
    def intervals(self) -> list[dict[str, Any]]:
        held = self.held_sessions()
        found = []
        for n, (day, name) in enumerate(held):
            until = held[n + 1][0] if n + 1 < len(held) else date.max
            inside = [d for d in self.dates if day < d < until]
            early = [day + k * DAY for k in (1, 2, 3)]
            found.append(
                {
                    "session": name,
                    "days": len(inside),
                    "practised": sum(self.kinds[d] == "practised" for d in inside),
                    "missed": sum(self.kinds[d] == "missed" for d in inside),
                    "adherence": self.adherence(inside),
                    "first_3_days": sum(d in early and self.kinds[d] == "practised" for d in inside),
                }
            )
        return found

    def report(self) -> dict[str, Any]:
        kinds = self.kinds
        counted = [kinds[d] == "practised" for d in self.dates if kinds[d] in ("practised", "missed")]
        runs = [self.run_ending_at(counted, end) for end in range(len(counted))]
        current = runs[-1] if runs else 0
        today_inside = self.start <= self.today <= self.end
        report = {
            "today": self.today,
            "today_state": self.kind(self.today) if today_inside else "outside",
            "current": current,
            "longest": max(runs, default=0),
            "grace_used": counted[-self.policy.get("grace_window", 7) :].count(False) if current else 0,
            "adherence": self.adherence(self.dates),
            "missed": [d for d in self.dates if kinds[d] == "missed"],
            "neutral": {str(d): kinds[d] for d in self.dates if kinds[d] not in ("practised", "missed")},
            "held": sorted(self.held),
            "ignored": sorted(self.ignored),
            "intervals": self.intervals(),
        }
        answer: dict[str, Any] = json.loads(json.dumps(report, default=str))
        return answer
