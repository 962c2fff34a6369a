"""What every date is (streaks.md R3). The report and `explain` both ask here, so they cannot disagree."""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct

from server.practice.streaks.dates import ZoneHistory
from server.practice.streaks.facts import Facts, Policy
from server.practice.streaks.kinds import Kind
from server.practice.streaks.plans import DueDates
from server.practice.streaks.practice import Practice, tally
from server.practice.streaks.treatment import PausedDays, TreatmentDays


class Judged(Struct, frozen=True, kw_only=True):
    """A date, its kind, and whether a plan asked for the practice that was done or missed."""

    day: date
    kind: Kind
    due: bool


class Days:
    """A client's dates as seen at `now`, after what the devices had delivered by `last_sync` (none: nothing yet).

    `practice` stands in for the completions of the facts where they have been sorted before.
    """

    def __init__(
        self,
        facts: Facts,
        policy: Policy,
        now: datetime,
        last_sync: datetime | None,
        practice: Practice | None = None,
    ) -> None:
        self.history = ZoneHistory(facts.zones, now, policy.day_start)
        self._short_day_hours = policy.short_day_hours
        self._paused = PausedDays(facts.pauses)
        self.delivered_before = self.history.first_date_from(last_sync) if last_sync else date.min
        self.today = self.history.date_at(now)
        self.treatment = TreatmentDays(facts.sessions, self.history, policy.post_dose_rest_days)
        if practice is None:
            practice = tally(facts, policy, self.history, self.treatment.by_start, now)
        self.practice = practice
        self.practised = practice.dates(policy)
        self.due = DueDates(policy.plans, self.practised, self.today, self._set_aside)

    def kind(self, day: date) -> Kind:
        """Name the kind of a date: the first that applies (R3)."""
        if not self.due.cover(day):
            return Kind.OUTSIDE
        if day in self.practised:
            return Kind.PRACTISED
        return self._set_aside(day) or self._kind_by_plan(day)

    def judge(self, day: date) -> Judged:
        """Name the kind of a date, and whether it belongs to adherence: a bonus does not (R14)."""
        kind = self.kind(day)
        due = kind is Kind.MISSED or (kind is Kind.PRACTISED and self.due.ask_for(day))
        return Judged(day=day, kind=kind, due=due)

    def judged(self, since: date = date.min, until: date = date.max) -> Iterator[Judged]:
        """Judge the dates of the plans from `since` on and before `until`, up to the newest.

        That is today, or a later one that is already practised (R7).
        """
        newest = max(self.practised | {self.today})
        first = max(since, min((term.start for term in self.due.terms), default=newest)).toordinal()
        last = min(newest, max((term.end for term in self.due.terms), default=newest)).toordinal()
        for ordinal in range(first, min(last + 1, until.toordinal())):
            judged = self.judge(date.fromordinal(ordinal))
            if judged.kind is not Kind.OUTSIDE:
                yield judged

    def _set_aside(self, day: date) -> Kind | None:
        """Name what keeps a date without practice from counting, whatever was planned (R4, R5, R6)."""
        if day in self._paused:
            return Kind.PAUSED
        if day in self.treatment.dosing:
            return Kind.DOSING
        if day in self.treatment.rest:
            return Kind.REST
        return Kind.SHORT_DAY if self.history.is_shorter(day, self._short_day_hours) else None

    def _kind_by_plan(self, day: date) -> Kind:
        if not self.due.ask_for(day):
            return Kind.NOT_DUE
        if day >= self.today:
            return Kind.OPEN
        return Kind.MISSED if day < self.delivered_before else Kind.UNKNOWN
