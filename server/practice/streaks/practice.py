"""Which completions count, and which dates they make practised (streaks.md R2, R12, R13)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from server.practice.streaks.dates import ZoneHistory
from server.practice.streaks.facts import Completion, Facts, Policy


class Practice(Struct, frozen=True, kw_only=True):
    """The practised dates, the starts of qualifying practices in order, and the ids that do not count."""

    dates: frozenset[date]
    starts: tuple[datetime, ...]
    held: tuple[str, ...]
    ignored: tuple[str, ...]


def tally(facts: Facts, policy: Policy, history: ZoneHistory, now: datetime) -> Practice:
    """Sort the completions into counting, held (R13) and ignored (R12), and find the practised dates (R2)."""
    counting: dict[date, list[Completion]] = defaultdict(list)
    held, ignored = [], []
    for completion in _without_duplicates(facts.completions, now):
        if completion.id in facts.voids:
            continue
        if is_ahead_of_its_arrival(completion, policy, now):
            held.append(completion.id)
            continue
        day = completion.practice_date or history.date_at(completion.started_at or now, completion.zone)
        if _is_too_late(completion, day, policy, history, now):
            ignored.append(completion.id)
        else:
            counting[day].append(completion)
    return Practice(
        dates=frozenset(day for day, those in counting.items() if _units(those, policy) >= policy.target_on(day)),
        starts=tuple(
            sorted(c.started_at for those in counting.values() for c in those if c.started_at and qualifies(c, policy))
        ),
        held=tuple(sorted(held)),
        ignored=tuple(sorted(ignored)),
    )


def qualifies(completion: Completion, policy: Policy) -> bool:
    """Tell whether a completion is a unit of its own (R2). Without a target there is no fraction to reach."""
    if completion.outcome != "partial":
        return True
    target = completion.target_seconds
    return target > 0 and completion.seconds / target >= policy.min_fraction


def _units(completions: Iterable[Completion], policy: Policy) -> int:
    """Count the units of one date: each that qualifies, and the fragments together at most once (R2)."""
    whole, fragments = 0, 0.0
    for completion in completions:
        if qualifies(completion, policy):
            whole += 1
        else:
            fragments += completion.seconds
    return whole + (fragments > 0 and fragments >= policy.partial_credit_seconds)


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
