"""The figures of a report, gathered date by date: what has been gathered can be kept, and gone on from later."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, field

from server.practice.streaks.days import Days, Judged
from server.practice.streaks.facts import Policy
from server.practice.streaks.intervals import Count, Stretch, split_at_sessions
from server.practice.streaks.kinds import COUNTED, Kind
from server.practice.streaks.plans import monday_of
from server.practice.streaks.runs import Walk

DAY: Final = timedelta(days=1)
LETTERS: Final = dict(zip(Kind, "-PADRSNOUM", strict=True))
NOT_PRACTISED: Final = re.compile("[^-P]")
KINDS: Final = {letter: kind for kind, letter in LETTERS.items()}


class Told(Struct, kw_only=True):
    """The kinds of dates in a row from `first` on, a letter each; small, since it is kept."""

    first: date = date.min
    letters: str = ""

    def add(self, judged: Sequence[Judged]) -> None:
        """Tell further dates; those between that no plan has are `outside` (R16)."""
        if not judged:
            return
        if not self.letters:
            self.first = judged[0].day
        following = self.first.toordinal() + len(self.letters)
        gap = judged[0].day.toordinal() - following
        parts = [LETTERS[Kind.OUTSIDE] * gap]
        for before, each in zip([None, *judged], judged, strict=False):
            missing = (each.day - before.day).days - 1 if before else 0
            parts.append(LETTERS[Kind.OUTSIDE] * missing + LETTERS[each.kind])
        self.letters += "".join(parts)

    def forget(self, before: date) -> None:
        """Leave out the dates before this one."""
        gone = min(max((before - self.first).days, 0), len(self.letters))
        self.letters = self.letters[gone:]
        self.first += gone * DAY

    def but_practised(self) -> Iterator[tuple[date, Kind]]:
        """Walk the dates that a plan has and that were not practised, oldest first."""
        first = self.first.toordinal()
        for found in NOT_PRACTISED.finditer(self.letters):
            yield date.fromordinal(first + found.start()), KINDS[found[0]]


class Course(Struct, kw_only=True):
    """The figures of all dates before `until`, and what the dates from then on need of them.

    `newest` is the last kind that was counted or unknown; `weeks` with practice, the last of which began `last_week`.
    """

    until: date = date.min
    walk: Walk = field(default_factory=Walk)
    count: Count = field(default_factory=Count)
    stretches: list[Stretch] = field(default_factory=lambda: [Stretch()])
    told: Told = field(default_factory=Told)
    newest: Kind | None = None
    weeks: int = 0
    last_week: date | None = None

    def go_on(self, days: Days, policy: Policy, until: date = date.max) -> None:
        """Gather the dates up to `until`, which is not among them."""
        judged = list(days.judged(self.until, until))
        kinds = [each.kind for each in judged]
        self.walk.go_on(
            [kind is Kind.PRACTISED for kind in kinds if kind in COUNTED], policy.grace, policy.grace_window
        )
        self.count.add(judged)
        held = [each for each in days.treatment.held if self.until <= each[0] < until]
        split_at_sessions(self.stretches, held, judged)
        self.told.add(judged)
        self.newest = next((kind for kind in reversed(kinds) if kind in COUNTED or kind is Kind.UNKNOWN), self.newest)
        self._add_weeks(judged)
        self.until = until

    def _add_weeks(self, judged: Sequence[Judged]) -> None:
        for each in judged:
            if each.kind is Kind.PRACTISED and (monday := monday_of(each.day)) != self.last_week:
                self.weeks += 1
                self.last_week = monday
