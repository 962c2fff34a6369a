"""Which completions count, and which dates they make practised (streaks.md R2, R12, R13)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct, field

from server.practice.streaks.dates import ZoneHistory
from server.practice.streaks.facts import Completion, DosingSession, Facts, Policy


class Tally(Struct, kw_only=True, array_like=True):
    """The practice of one date: whole units, and seconds of fragments (R2)."""

    whole: int = 0
    fragments: float = 0

    def units(self, policy: Policy) -> int:
        """Count the units: each whole one, and the fragments together at most once."""
        return self.whole + (0 < self.fragments >= policy.partial_credit_seconds)


class Practice(Struct, kw_only=True):
    """What has been practised, by date, and the ids of what does not count.

    `firsts` are the first practices after held sessions, by the session's id.
    """

    tallies: dict[date, Tally] = field(default_factory=dict)
    firsts: dict[str, datetime] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    ignored: set[str] = field(default_factory=set)

    def dates(self, policy: Policy) -> frozenset[date]:
        """Return the practised dates: those with as many units as the daily target."""
        return frozenset(day for day, tally in self.tallies.items() if tally.units(policy) >= policy.target_on(day))

    def add(self, completion: Completion, policy: Policy, history: ZoneHistory, now: datetime) -> date | None:
        """Sort a completion in as counting, held (R13) or ignored (R12); return the date that it counts for."""
        if is_ahead_of_its_arrival(completion, policy, now):
            self.held.add(completion.id)
            return None
        day = completion.practice_date or history.date_at(completion.started_at or now, completion.zone)
        if _is_too_late(completion, day, policy, history, now):
            self.ignored.add(completion.id)
            return None
        tally = self.tallies.setdefault(day, Tally())
        if qualifies(completion, policy):
            tally.whole += 1
        else:
            tally.fragments += completion.seconds
        return day

    def note_start(self, started_at: datetime, sessions: Sequence[DosingSession]) -> None:
        """Remember the first qualifying practice after each held session (R15); `sessions` in order of their starts."""
        place = bisect_right(sessions, started_at, key=lambda session: session.start)
        if place:
            key = sessions[place - 1].id
            self.firsts[key] = min(started_at, self.firsts.get(key, started_at))


def tally(
    facts: Facts, policy: Policy, history: ZoneHistory, sessions: Sequence[DosingSession], now: datetime
) -> Practice:
    """Sort all completions, and find the first after each of the held sessions."""
    practice = Practice()
    for completion in _without_duplicates(facts.completions, now):
        if completion.id not in facts.voids:
            count(practice, completion, policy, history, sessions, now)
    return practice


def count(
    practice: Practice,
    completion: Completion,
    policy: Policy,
    history: ZoneHistory,
    sessions: Sequence[DosingSession],
    now: datetime,
) -> date | None:
    """Add one completion; return the date that it counts for."""
    day = practice.add(completion, policy, history, now)
    if day and completion.started_at and sessions and qualifies(completion, policy):
        practice.note_start(completion.started_at, sessions)
    return day


def qualifies(completion: Completion, policy: Policy) -> bool:
    """Tell whether a completion is a unit of its own (R2). Without a target there is no fraction to reach."""
    if completion.outcome != "partial":
        return True
    target = completion.target_seconds
    return target > 0 and completion.seconds / target >= policy.min_fraction


def _without_duplicates(completions: Iterable[Completion], now: datetime) -> Iterable[Completion]:
    """Keep one completion per id: as in the ledger the one received first; if that is a tie, the first by content."""
    kept: dict[str, Completion] = {}
    for completion in completions:
        other = kept.setdefault(completion.id, completion)
        if other is not completion and other != completion:
            kept[completion.id] = min(other, completion, key=lambda c: (c.received_at or now, msgspec.json.encode(c)))
    return kept.values()


def is_ahead_of_its_arrival(completion: Completion, policy: Policy, now: datetime) -> bool:
    """Tell whether the phone's clock is in doubt (R13). A manual entry carries a date, so its clock never is."""
    if completion.started_at is None or completion.source == "manual":
        return False
    ahead = completion.started_at - (completion.received_at or now)
    return ahead > timedelta(seconds=policy.future_skew_seconds)


def _is_too_late(completion: Completion, day: date, policy: Policy, history: ZoneHistory, now: datetime) -> bool:
    """Tell whether a manual entry reaches back too far from the practice date it was logged on (R12)."""
    if completion.source != "manual":
        return False
    logged_at = completion.logged_at or completion.received_at or now
    return (history.date_at(logged_at, completion.zone) - day).days > policy.backdate_days
