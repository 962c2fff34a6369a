"""What the report is computed from (streaks.md R18): facts, plans and the client's policy. All times carry a zone."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from server.practice.streaks.schedules import Daily, Schedule, WeeklyQuota, falls_on

Instant = Annotated[datetime, Meta(tz=True)]
Seconds = Annotated[float, Meta(ge=0)]

LATEST_DAY_START = time(6)


class Completion(Struct, frozen=True, kw_only=True):
    """One practice as it was logged. A `practice_date` that is given is frozen and stands (R1); so is a manual entry's.

    `zone` absent: the client's zone at that moment. `received_at` and `logged_at` absent: now.
    """

    id: str
    started_at: Instant | None = None
    zone: str | None = None
    practice_date: date | None = None
    outcome: Literal["completed", "partial", "safe_stop"] = "completed"
    seconds: Seconds = 0
    target_seconds: Seconds = 0
    source: Literal["player", "manual", "proxy"] = "player"
    logged_at: Instant | None = None
    received_at: Instant | None = None

    def __post_init__(self) -> None:
        if self.started_at is None and self.practice_date is None:
            raise ValueError("A completion needs started_at or practice_date")


class Pause(Struct, frozen=True, kw_only=True):
    """Dates set aside by client or therapist (R5), both ends included; `last` absent: open. On the wire: from, to."""

    first: date = field(name="from")
    last: date | None = field(name="to", default=None)

    def covers(self, day: date) -> bool:
        """Tell whether a date is among them."""
        return self.first <= day and (self.last is None or day <= self.last)


class DosingSession(Struct, frozen=True, kw_only=True):
    """A treatment day (R4). `zone` absent: the client's zone at that moment."""

    id: str
    start: Instant
    status: Literal["scheduled", "held", "cancelled", "no_show"]
    cancelled_at: Instant | None = None
    zone: str | None = None


class ZoneChange(Struct, frozen=True, kw_only=True, array_like=True):
    """From `at` on the client lives in `zone` (an IANA name). On the wire: [at, zone]."""

    at: Instant
    zone: str


class Facts(Struct, frozen=True, kw_only=True):
    """All facts of one client; order and duplicates never matter. The first of `zones` reaches back for ever."""

    zones: Annotated[tuple[ZoneChange, ...], Meta(min_length=1)]
    completions: tuple[Completion, ...] = ()
    voids: frozenset[str] = frozenset()
    pauses: tuple[Pause, ...] = ()
    sessions: tuple[DosingSession, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """A schedule, from `start` (absent: first practised date, else today) to `end` (absent: open), inclusive (R16).

    `set_aside`: dates on which this plan asks for nothing, while others may. `target`: the units that a date needs on
    which it may ask for practice (R2), where that is more than the policy's.
    """

    schedule: Schedule = Daily()
    start: date | None = None
    end: date | None = None
    set_aside: tuple[Pause, ...] = ()
    target: Annotated[int, Meta(ge=1)] = 1

    def may_ask_for(self, day: date) -> bool:
        """Tell whether the plan asks for practice on a date, or may: a quota asks for any of its dates."""
        if not (self.start or date.min) <= day <= (self.end or date.max):
            return False
        falls = isinstance(self.schedule, WeeklyQuota) or falls_on(self.schedule, day)
        return falls and not any(pause.covers(day) for pause in self.set_aside)


class Policy(Struct, frozen=True, kw_only=True):
    """What was agreed, with the defaults of streaks.md. With several plans a date is due if any plan says so (R11).

    Raises:
        ValueError: `day_start` is not a wall time from 00:00 to 06:00 (R1).
    """

    plans: tuple[Plan, ...] = (Plan(),)
    day_start: time = time(4)
    target: Annotated[int, Meta(ge=1)] = 1
    grace: Annotated[int, Meta(ge=0, le=2)] = 1
    grace_window: Annotated[int, Meta(ge=1)] = 7
    min_fraction: Annotated[float, Meta(ge=0)] = 0.8
    partial_credit_seconds: Seconds = 180
    backdate_days: Annotated[int, Meta(ge=0)] = 7
    future_skew_seconds: Seconds = 300
    post_dose_rest_days: Annotated[int, Meta(ge=0, le=3)] = 0
    short_day_hours: Annotated[float, Meta(ge=0, le=20)] = 12

    def target_on(self, day: date) -> int:
        """Return how many units make a date practised (R2): the most that any plan asks for on it."""
        asked = (plan.target for plan in self.plans if plan.target > self.target and plan.may_ask_for(day))
        return max(asked, default=self.target)

    def __post_init__(self) -> None:
        if self.day_start.tzinfo is not None or self.day_start > LATEST_DAY_START:
            raise ValueError("A practice day begins from 00:00 to 06:00")
