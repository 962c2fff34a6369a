"""The two questions of the domain: how does the practice stand, and why is each date what it is (streaks.md)."""

from datetime import date, datetime

from msgspec import Struct

from server.practice.streaks.course import Course
from server.practice.streaks.days import Days
from server.practice.streaks.facts import Facts, Policy
from server.practice.streaks.intervals import Count, Interval
from server.practice.streaks.kinds import RULES, Kind
from server.practice.streaks.plans import week_of
from server.practice.streaks.words import Gentle, State, state_of


class Report(Struct, frozen=True, kw_only=True):
    """How a client's practice stands (streaks.md, "Format of a case and of a report"; R17 for `state` and `gentle`).

    `neutral` holds every date of the plans that is neither practised nor missed. `held` are ids with a doubtful clock
    (R13), `ignored` manual entries beyond the limit (R12). `preparation` and `intervals` lie between sessions (R15).
    """

    today: date
    today_state: Kind
    state: State
    current: int
    longest: int
    grace_used: int
    gentle: Gentle
    adherence: float | None
    missed: tuple[date, ...]
    neutral: dict[date, Kind]
    held: tuple[str, ...]
    ignored: tuple[str, ...]
    preparation: Interval
    intervals: tuple[Interval, ...]


class DayKind(Struct, frozen=True, kw_only=True):
    """A date, its kind, and the rule of streaks.md that decided, as in "R4"."""

    date: date
    kind: Kind
    rule: str


def report(facts: Facts, policy: Policy, *, now: datetime, last_sync: datetime | None) -> Report:
    """Compute the report, a pure function of its arguments (R18).

    Args:
        facts: everything known of the client, in any order.
        policy: what was agreed. For the adherence of one assignment: its plan alone, the completions it counts (R11).
        now: the moment of asking.
        last_sync: when a device last delivered its outbox; None when none ever has (R8).

    Raises:
        UnknownZoneError: a zone is not an IANA name.
        ValueError: `facts.zones` is empty.
    """
    return tell(Course(), Days(facts, policy, now, last_sync), policy)


def counts(facts: Facts, policy: Policy, *, now: datetime, last_sync: datetime | None) -> Count:
    """Count the dates of the plans alone: practised, practised and due, missed (R14). Arguments as of `report`."""
    count = Count()
    count.add(Days(facts, policy, now, last_sync).judged())
    return count


def tell(course: Course, days: Days, policy: Policy) -> Report:
    """Go on from what has been gathered to the newest date, and tell the report."""
    course.go_on(days, policy)
    runs = course.walk.runs()
    today_state = days.kind(days.today)
    preparation, *intervals = (each.interval(days.practice.firsts) for each in course.stretches)
    told = list(course.told.but_practised())
    return Report(
        today=days.today,
        today_state=today_state,
        state=state_of(today_state, course.newest, course.count.practised, runs.current),
        current=runs.current,
        longest=runs.longest,
        grace_used=runs.grace_used,
        gentle=Gentle(
            practised_this_week=sum(days.kind(day) is Kind.PRACTISED for day in week_of(days.today)),
            agreed_this_week=days.due.agreed_in_week(days.today),
            weeks_practised=course.weeks,
        ),
        adherence=course.count.adherence,
        missed=tuple(day for day, kind in told if kind is Kind.MISSED),
        neutral={day: kind for day, kind in told if kind is not Kind.MISSED},
        held=tuple(sorted(days.practice.held)),
        ignored=tuple(sorted(days.practice.ignored)),
        preparation=preparation,
        intervals=tuple(intervals),
    )


def explain(
    facts: Facts, policy: Policy, *, now: datetime, last_sync: datetime | None, first: date, last: date
) -> list[DayKind]:
    """Say what each date from `first` to `last` is, and by which rule. The other arguments are those of `report`."""
    days = Days(facts, policy, now, last_sync)
    span = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return [DayKind(date=day, kind=kind, rule=RULES[kind]) for day in span for kind in [days.kind(day)]]
