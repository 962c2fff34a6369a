"""Which dates the plans cover and ask for (streaks.md R11, R16)."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from msgspec import Struct

from server.practice.streaks.facts import Pause, Plan
from server.practice.streaks.schedules import Schedule, WeeklyQuota, due_in_week, falls_on, needed

WEEK = 7


class Term(Struct, frozen=True, kw_only=True):
    """A plan with both of its ends known. It ends before it starts: it has no dates."""

    schedule: Schedule
    start: date
    end: date
    set_aside: tuple[Pause, ...]

    def covers(self, day: date) -> bool:
        """Tell whether the plan has this date at all (R16)."""
        return self.start <= day <= self.end

    def sets_aside(self, day: date) -> bool:
        """Tell whether the plan asks for nothing on this date, whatever its schedule says (R11)."""
        return any(pause.covers(day) for pause in self.set_aside)


class DueDates:
    """All plans together: a date is due if any plan asks for it.

    `is_set_aside` names the dates without practice that are paused, dosing, rest or short: no quota can fall on them.
    """

    def __init__(
        self, plans: Iterable[Plan], practised: AbstractSet[date], today: date, is_set_aside: Callable[[date], object]
    ) -> None:
        first = min(practised, default=today)
        self.terms = tuple(
            Term(schedule=plan.schedule, start=plan.start or first, end=plan.end or date.max, set_aside=plan.set_aside)
            for plan in plans
        )
        self._practised = practised
        self._today = today
        self._is_set_aside = is_set_aside
        self._settled: dict[tuple[Term, date], frozenset[date]] = {}

    def cover(self, day: date) -> bool:
        """Tell whether any plan has this date (R16)."""
        return any(term.covers(day) for term in self.terms)

    def ask_for(self, day: date) -> bool:
        """Tell whether any plan asks for practice on this date (R11)."""
        return any(term.covers(day) and not term.sets_aside(day) and self._asks(term, day) for term in self.terms)

    def agreed_in_week(self, day: date) -> int:
        """Count the dates agreed on for the week of `day`, Monday to Sunday (R17): none of those set aside."""
        week = week_of(day)
        asked: set[date] = set()
        quota = 0
        for term in self.terms:
            eligible = self._eligible(term, week)
            if isinstance(term.schedule, WeeklyQuota):
                quota = max(quota, needed(term.schedule.n, len(eligible)))
            else:
                asked.update(day for day in eligible if falls_on(term.schedule, day) and not term.sets_aside(day))
        return max(quota, len(asked))

    def _asks(self, term: Term, day: date) -> bool:
        if not isinstance(term.schedule, WeeklyQuota):
            return falls_on(term.schedule, day)
        monday = monday_of(day)
        key = (term, monday)
        if key not in self._settled:
            self._settled[key] = self._settle(term, term.schedule.n, monday)
        return day in self._settled[key]

    def _settle(self, term: Term, n: int, monday: date) -> frozenset[date]:
        """Settle a week of a quota; it has closed when all of its dates within the plan are over."""
        week = week_of(monday)
        closed = min(week[-1], term.end) < self._today
        return due_in_week(n, self._eligible(term, week), self._practised, closed=closed)

    def _eligible(self, term: Term, week: Sequence[date]) -> list[date]:
        """Leave out dates outside of the plan, as there are none (R16), and those set aside unless practised (R3)."""
        within = [day for day in week if term.covers(day)]
        return [
            day for day in within if day in self._practised or not (term.sets_aside(day) or self._is_set_aside(day))
        ]


def monday_of(day: date) -> date:
    """Give the Monday of a date's week."""
    return date.fromordinal(day.toordinal() - day.weekday())


def week_of(day: date) -> list[date]:
    """List the dates of a week, Monday to Sunday."""
    monday = monday_of(day).toordinal()
    return [date.fromordinal(n) for n in range(monday, monday + WEEK)]
