"""The streak itself (streaks.md R9, R10): runs over counted dates."""

from collections import deque
from collections.abc import Sequence

from msgspec import Struct


class Runs(Struct, frozen=True, kw_only=True):
    """Practised dates in the newest and in the longest run; misses among the last counted dates (0 without a run)."""

    current: int
    longest: int
    grace_used: int


def measure_runs(counted: Sequence[bool], grace: int, window: int) -> Runs:
    """Walk the counted dates, oldest first: true is practised, false missed.

    A run holds while no `window` neighbouring dates in it, or fewer at its beginning, have more than `grace` misses.
    So one miss too many within `window` dates moves the run's beginning behind the oldest of those misses.
    """
    latest_misses: deque[tuple[int, int]] = deque(maxlen=grace + 1)
    practised = before_run = longest = 0
    for position, was_practised in enumerate(counted):
        if was_practised:
            practised += 1
        else:
            latest_misses.append((position, practised))
            oldest, practised_by_then = latest_misses[0]
            if len(latest_misses) > grace and position - oldest < window:
                before_run = practised_by_then
        longest = max(longest, practised - before_run)
    current = practised - before_run
    grace_used = counted[-window:].count(False) if current else 0
    return Runs(current=current, longest=longest, grace_used=grace_used)
