"""What may be kept between two reports, so that the second needs no history (streaks.md R18).

Dates long ago are settled: nothing but a fact about them can change what they were. Their figures are gathered in a
`Course`; of the dates since, the tallies are kept. A fact about a settled date, or one that changes the plan, ends what
was kept, and the next report is made of everything again. `report_kept` always equals `report` of all facts.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from server.practice.streaks.course import Course
from server.practice.streaks.dates import ZoneHistory
from server.practice.streaks.days import Days
from server.practice.streaks.facts import Completion, Facts, Plan, Policy
from server.practice.streaks.plans import monday_of
from server.practice.streaks.practice import Practice, count
from server.practice.streaks.schedules import OnDates
from server.practice.streaks.streaks import Report, tell
from server.practice.streaks.treatment import TreatmentDays

# Changed with every change of a rule: what was kept by other rules is not read.
RULES_EDITION: Final = 1
# Phones deliver and people enter what lies further back only rarely.
OPEN_FOR: Final = timedelta(days=35)
# The lists of a report that is made of what was kept reach back no further than this before today.
TOLD_FOR: Final = timedelta(days=366)
# An instant and its practice date are never further apart, whatever the zone and the beginning of a day.
FARTHEST: Final = timedelta(days=3)


class Kept(Struct, kw_only=True):
    """The settled dates, the facts and plans that the dates since need, and what was practised on these."""

    course: Course
    facts: Facts
    policy: Policy
    practice: Practice
    edition: int = RULES_EDITION


_decoder: Final = msgspec.msgpack.Decoder(Kept)


def keep(facts: Facts, policy: Policy, *, now: datetime, last_sync: datetime | None) -> Kept:
    """Make of all facts what may be kept of them."""
    days = Days(facts, policy, now, last_sync)
    bare = replace(facts, completions=(), voids=frozenset())
    kept = Kept(course=Course(), facts=bare, policy=policy, practice=days.practice)
    _settle(kept, days)
    return kept


def add(kept: Kept, completions: Iterable[Completion], *, now: datetime) -> bool:
    """Add completions that were not there before; false when nothing may be kept any more.

    That is when one belongs to a settled date, or the clock was put back into one.
    """
    history = ZoneHistory(kept.facts.zones, now, kept.policy.day_start)
    sessions = TreatmentDays(kept.facts.sessions, history, kept.policy.post_dose_rest_days).by_start
    days = [count(kept.practice, each, kept.policy, history, sessions, now) for each in completions]
    return all(day is None or day >= kept.course.until for day in (*days, history.date_at(now)))


def report_kept(kept: Kept, *, now: datetime, last_sync: datetime | None) -> Report | None:
    """Tell the report, and settle what has come to rest; None when the clock was put back into settled dates.

    The lists of the report begin `TOLD_FOR` before today at the latest.
    """
    days = Days(kept.facts, kept.policy, now, last_sync, kept.practice)
    if min(days.today, days.delivered_before) < kept.course.until:
        return None
    _settle(kept, days)
    return tell(_copy(kept.course), days, kept.policy)


def encode(kept: Kept) -> bytes:
    """Return it as MessagePack."""
    return msgspec.msgpack.encode(kept)


def decode(kept: bytes) -> Kept | None:
    """Read what `encode` wrote; None when it was by other rules than these."""
    try:
        found = _decoder.decode(kept)
    except msgspec.MsgspecError:
        return None
    return found if found.edition == RULES_EDITION else None


def _settle(kept: Kept, days: Days) -> None:
    """Gather whole weeks that are over, were delivered, and lie `OPEN_FOR` back: a quota closes with its week (R11)."""
    until = monday_of(max(date.min, min(days.today - OPEN_FOR, days.delivered_before)))
    if until <= kept.course.until:
        return
    first = min(days.practised, default=date.max)
    kept.course.go_on(days, kept.policy, until)
    kept.course.told.forget(until - TOLD_FOR)
    kept.policy = replace(kept.policy, plans=tuple(_since(plan, first, until) for plan in kept.policy.plans))
    kept.facts = _facts_since(kept.facts, days, until)
    for day in [day for day in kept.practice.tallies if day < until]:
        del kept.practice.tallies[day]


def _since(plan: Plan, first: date, until: date) -> Plan:
    """Return a plan as later dates see it: one without a start has begun with the first practised date (R16)."""
    start = plan.start or (first if first < until else None)
    plan = replace(plan, set_aside=tuple(each for each in plan.set_aside if each.last is None or each.last >= until))
    if isinstance(plan.schedule, OnDates):
        schedule = OnDates(dates=frozenset(day for day in plan.schedule.dates if day >= until))
        return replace(plan, start=start, schedule=schedule)
    return replace(plan, start=start)


def _facts_since(facts: Facts, days: Days, until: date) -> Facts:
    """Return what still matters: the zone then and all since, pauses that reach here, sessions that rest reaches."""
    edge = datetime.combine(until, time(), tzinfo=UTC) - FARTHEST
    zones = sorted(facts.zones, key=lambda change: (change.at, change.zone))
    begun = [change for change in zones if change.at <= edge]
    held = [session.id for day, session in days.treatment.held if day < until][-1:]
    return replace(
        facts,
        zones=(*begun[-1:], *(change for change in zones if change.at > edge)),
        pauses=tuple(each for each in facts.pauses if each.last is None or each.last >= until),
        sessions=tuple(each for each in facts.sessions if each.id in held or each.start + FARTHEST > edge),
    )


def _copy(course: Course) -> Course:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(course), type=Course)
