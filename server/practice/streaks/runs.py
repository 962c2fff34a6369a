"""The streak itself (streaks.md R9, R10): runs over counted dates."""

from collections.abc import Iterable

from msgspec import Struct, field


class Runs(Struct, frozen=True, kw_only=True):
    """Practised dates in the newest and in the longest run; misses among the last counted dates (0 without a run)."""

    current: int
    longest: int
    grace_used: int


class Walk(Struct, kw_only=True):
    """How far the counted dates have been walked, and all that the dates to come need of those behind.

    `practised` dates so far, of them `before_run` before the newest run; `misses`: the latest ones, each as its
    position and the dates practised by then; `recent`: the last dates of a window, true for practised.
    """

    position: int = 0
    practised: int = 0
    before_run: int = 0
    longest: int = 0
    misses: list[tuple[int, int]] = field(default_factory=list)
    recent: list[bool] = field(default_factory=list)

    def go_on(self, counted: Iterable[bool], grace: int, window: int) -> None:
        """Walk further counted dates, oldest first: true is practised, false missed.

        A run holds while no `window` neighbouring dates in it, or fewer at its beginning, have more than `grace`
        misses. So one miss too many within `window` dates moves the run's beginning behind the oldest of those misses.
        """
        flags = [*counted]
        for position, was_practised in enumerate(flags, start=self.position):
            if was_practised:
                self.practised += 1
            else:
                self.misses = [*self.misses, (position, self.practised)][-grace - 1 :]
                oldest, practised_by_then = self.misses[0]
                if len(self.misses) > grace and position - oldest < window:
                    self.before_run = practised_by_then
            self.longest = max(self.longest, self.practised - self.before_run)
        self.position += len(flags)
        self.recent = [*self.recent, *flags[-window:]][-window:]

    def runs(self) -> Runs:
        """Tell where the walk has come to."""
        current = self.practised - self.before_run
        return Runs(current=current, longest=self.longest, grace_used=self.recent.count(False) if current else 0)


def measure_runs(counted: Iterable[bool], grace: int, window: int) -> Runs:
    """Walk counted dates from the first to the newest."""
    walk = Walk()
    walk.go_on(counted, grace, window)
    return walk.runs()
