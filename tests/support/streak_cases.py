"""Cases of streaks.md as plain JSON: written by hand with `case`, or drawn at random with `random_cases`."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from server.practice.streaks import DayKind, Report, explain, report
from server.practice.streaks.conformance import answer, read

JsonCase = dict[str, Any]

DAY = timedelta(days=1)
LONG_AGO = "2000-01-01T00:00:00Z"
# Around spring and autumn clock changes, an ordinary month, a leap day, the date Samoa skipped.
BASES = [date(2026, 3, 2), date(2026, 10, 19), date(2026, 6, 3), date(2028, 2, 20), date(2011, 12, 20)]
ZONES = [
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/St_Johns",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
]
SPAN_DAYS = 24


def answered(given: JsonCase) -> dict[str, Any]:
    """The report of a case, as JSON."""
    answer_: dict[str, Any] = json.loads(msgspec.json.encode(answer(json.dumps(given).encode())))
    return answer_


def reported(given: JsonCase) -> Report:
    """The whole report, with the figures that cases leave out."""
    asked = read(json.dumps(given).encode())
    return report(asked.facts, asked.policy, now=asked.now, last_sync=asked.last_sync)


def explained(given: JsonCase, first: date, last: date) -> list[DayKind]:
    asked = read(json.dumps(given).encode())
    return explain(asked.facts, asked.policy, now=asked.now, last_sync=asked.last_sync, first=first, last=last)


def june(day: int, hour: int = 12, minute: int = 0) -> str:
    """An instant in June 2026; the 1st is a Monday. Day 31 is July 1st, and so on."""
    return stamp(datetime(2026, 6, 1, hour, minute, tzinfo=UTC) + (day - 1) * DAY)


def done(day: int, **more: Any) -> dict[str, Any]:
    """A practice at noon on a day of June 2026, in UTC unless told otherwise."""
    return {"id": f"c{day:02}", "started_at": june(day), "zone": "UTC", **more}


def case(*days: int, now: int, zone: str = "UTC", **more: Any) -> JsonCase:
    """Noon practices on days of June 2026, asked at 20:00 on day `now`; the plan starts on June 1st.

    `policy` and `completions` in `more` add to these, everything else replaces.
    """
    return {
        "now": june(now, 20),
        "zones": [[LONG_AGO, zone]],
        **more,
        "policy": {"start": "2026-06-01", **more.get("policy", {})},
        "completions": [*(done(day, zone=zone) for day in days), *more.get("completions", [])],
    }


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moments(base: date, first_day: int = 0, last_day: int = SPAN_DAYS, minutes: int = 1) -> st.SearchStrategy[datetime]:
    midnight = datetime(base.year, base.month, base.day, tzinfo=UTC)
    steps = st.integers(first_day * 1440 // minutes, last_day * 1440 // minutes)
    return steps.map(lambda n: midnight + timedelta(minutes=n * minutes))


def days(base: date) -> st.SearchStrategy[str]:
    return st.integers(-2, SPAN_DAYS + 2).map(lambda n: str(base + n * DAY))


def schedules(base: date) -> st.SearchStrategy[dict[str, Any]]:
    fixed = [{"type": "daily"}, {"type": "as_needed"}]
    return st.one_of(
        st.just(fixed[0]),
        st.sampled_from(fixed),
        st.sets(st.integers(0, 6)).map(lambda those: {"type": "weekdays", "days": sorted(those)}),
        st.builds(lambda n, anchor: {"type": "every_n_days", "n": n, "anchor": anchor}, st.integers(1, 4), days(base)),
        st.integers(1, 7).map(lambda n: {"type": "weekly_quota", "n": n}),
    )


def policies(base: date) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"schedule": schedules(base)},
        optional={
            "start": st.integers(0, 6).map(lambda n: str(base + n * DAY)),
            "end": days(base),
            "day_start": st.sampled_from(["00:00", "00:30", "01:15", "02:30", "04:00", "06:00"]),
            "grace": st.integers(0, 2),
            "target": st.integers(1, 2),
            "post_dose_rest_days": st.integers(0, 3),
        },
    )


@st.composite
def completions(draw: st.DrawFn, base: date, name: str) -> dict[str, Any]:
    """A practice of any kind; sometimes with a clock in doubt, or a manual entry that may come too late."""
    started = draw(moments(base, -2, SPAN_DAYS + 2))
    made: dict[str, Any] = {"id": name, "zone": draw(st.sampled_from(ZONES))}
    if draw(st.integers(0, 5)) == 0:
        made |= {"source": "manual", "practice_date": draw(days(base)), "logged_at": stamp(started)}
    else:
        made |= {"started_at": stamp(started), "source": draw(st.sampled_from(["player", "player", "proxy"]))}
        made["received_at"] = stamp(started + timedelta(seconds=draw(st.sampled_from([-301, -300, 60, 86400 * 3]))))
    if draw(st.booleans()):
        made["outcome"] = draw(st.sampled_from(["completed", "partial", "partial", "safe_stop"]))
        made["seconds"] = draw(st.sampled_from([0, 60, 90, 120, 479, 480, 600]))
        made["target_seconds"] = draw(st.sampled_from([0, 600]))
    return made


def noons(base: date, mask: list[bool], zone: str) -> list[dict[str, Any]]:
    at = (f"{base + n * DAY}T12:00:00Z" for n in range(len(mask)))
    pairs = zip(at, mask, strict=True)
    return [{"id": f"n{at}", "started_at": at, "zone": zone, "received_at": at} for at, practised in pairs if practised]


@st.composite
def sessions(draw: st.DrawFn, base: date, name: str) -> dict[str, Any]:
    start = draw(moments(base, -1, SPAN_DAYS))
    made = {
        "id": name,
        "start": stamp(start),
        "status": draw(st.sampled_from(["held", "held", "scheduled", "no_show"])),
    }
    if draw(st.integers(0, 3)) == 0:
        made |= {"status": "cancelled", "cancelled_at": stamp(start - draw(st.integers(-30, 50)) * timedelta(hours=1))}
    if draw(st.booleans()):
        made["zone"] = draw(st.sampled_from(ZONES))
    return made


@st.composite
def pauses(draw: st.DrawFn, base: date) -> dict[str, Any]:
    made = {"from": draw(days(base))}
    return made | draw(st.sampled_from([{}, {"to": None}])) if draw(st.booleans()) else made | {"to": draw(days(base))}


@st.composite
def random_cases(draw: st.DrawFn, *, travels: bool = True) -> JsonCase:
    """Any case: clock changes, travel, treatment, pauses, silence. `travels` false: all of life in one zone."""
    base = draw(st.sampled_from(BASES))
    home = draw(st.sampled_from(ZONES))
    moves = (
        draw(st.lists(st.tuples(moments(base, 0, SPAN_DAYS, 15), st.sampled_from(ZONES)), max_size=3))
        if travels
        else []
    )
    mask = draw(st.lists(st.sampled_from([True, True, True, False]), max_size=SPAN_DAYS))
    now = draw(moments(base, 1, SPAN_DAYS + 2))
    odd = [draw(completions(base, f"c{n}")) for n in range(draw(st.integers(0, 4)))]
    made = {
        "now": stamp(now),
        "zones": [[LONG_AGO, home], *([stamp(at), zone] for at, zone in moves)],
        "policy": draw(policies(base)),
        "completions": noons(base, mask, home) + odd,
        "voids": draw(st.lists(st.sampled_from(["c0", "c1", "unheard-of"]), max_size=2)),
        "pauses": draw(st.lists(pauses(base), max_size=2)),
        "sessions": [draw(sessions(base, f"s{n}")) for n in range(draw(st.integers(0, 3)))],
    }
    if draw(st.booleans()):
        made["last_sync_at"] = stamp(min(now, draw(moments(base, 0, SPAN_DAYS))))
    return made
