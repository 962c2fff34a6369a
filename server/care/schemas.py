from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Zone

SessionKind = Literal["preparation", "dosing", "integration", "other"]
SessionStatus = Literal["scheduled", "held", "cancelled", "no_show"]
Anchor = Literal["calendar", "preparation", "dosing", "integration", "other"]
Slot = Literal["any", "morning", "midday", "evening", "night"]
Length = Literal["short", "medium", "long"]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Offset = Annotated[int, Meta(ge=-60, le=60, description="Days from the session's date; negative is before")]
SetVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday")]


class Daily(Struct, frozen=True, kw_only=True, tag_field="type", tag="daily"):
    """Every day."""


class Weekdays(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekdays"):
    """On these days of the week."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]


class EveryNDays(Struct, frozen=True, kw_only=True, tag_field="type", tag="every_n_days"):
    """Every n days, counted from the assignment's first day or the window's first day."""

    n: Annotated[int, Meta(ge=2, le=60)]


class WeeklyQuota(Struct, frozen=True, kw_only=True, tag_field="type", tag="weekly_quota"):
    """On any n days of a week that starts on Monday."""

    n: Annotated[int, Meta(ge=1, le=7)]


class AsNeeded(Struct, frozen=True, kw_only=True, tag_field="type", tag="as_needed"):
    """There when wanted; never due."""


Recurrence = Daily | Weekdays | EveryNDays | WeeklyQuota | AsNeeded


class NewItem(Struct, frozen=True, kw_only=True):
    """What to practise and when: by calendar, or around each session of a kind, `from_day` to `to_day`."""

    exercise: Annotated[str, Meta(min_length=1, max_length=60)]
    length: Length = "medium"
    anchor: Anchor = "calendar"
    from_day: Offset = 0
    to_day: Offset = 0
    times_of_day: Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=5)] = ("any",)
    recurrence: Recurrence = Daily()


class PracticeItem(Struct, frozen=True, kw_only=True):
    """An item of a set, with the exercise version it pins."""

    id: UUID
    exercise: str
    exercise_version: int
    length: Length
    anchor: Anchor
    from_day: int
    to_day: int
    times_of_day: tuple[Slot, ...]
    recurrence: Recurrence


class NewPracticeSet(Struct, frozen=True, kw_only=True):
    """A set of exercises to give to clients."""

    title: Title
    items: Annotated[list[NewItem], Meta(min_length=1, max_length=40)]


class PracticeSet(Struct, frozen=True, kw_only=True):
    """One version of a practice set."""

    id: UUID
    version: int
    title: str
    items: tuple[PracticeItem, ...]


class PracticeSets(Struct, frozen=True, kw_only=True):
    """The newest version of each of the clinic's sets, by title."""

    items: list[PracticeSet]


class NewSession(Struct, frozen=True, kw_only=True):
    """A treatment session to come or past; `zone` defaults to the client's."""

    kind: SessionKind
    starts_at: Annotated[datetime, Meta(tz=True)]
    zone: Zone | UnsetType = UNSET
    status: SessionStatus = "scheduled"


class ChangeSession(Struct, frozen=True, kw_only=True):
    """The fields to change; absent ones stay."""

    starts_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    zone: Zone | UnsetType = UNSET
    status: SessionStatus | UnsetType = UNSET


class Session(Struct, frozen=True, kw_only=True):
    """A treatment session; `revision` grows with every change."""

    id: UUID
    kind: SessionKind
    starts_at: datetime
    zone: str
    status: SessionStatus
    revision: int
    decided_at: datetime | UnsetType = UNSET


class SessionState(Struct, frozen=True, kw_only=True, tag_field="type", tag="session"):
    """What a treatment session was planned or decided to be, as revisions keep it."""

    kind: SessionKind
    starts_at: datetime
    zone: str
    status: SessionStatus
    decided_at: datetime | None


class Sessions(Struct, frozen=True, kw_only=True):
    """A client's treatment sessions, oldest first."""

    items: list[Session]


class NewAssignment(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """Give a set to a client; `version` defaults to the newest, `from` to the client's today."""

    practice_set_id: UUID
    version: SetVersion | UnsetType = UNSET
    from_date: date | UnsetType = UNSET
    to_date: date | UnsetType = UNSET


class Assignment(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """A set in a client's plan, first and last day inclusive."""

    id: UUID
    practice_set_id: UUID
    version: int
    title: str
    from_date: date
    to_date: date | UnsetType = UNSET


class AssignmentState(Struct, frozen=True, kw_only=True, tag_field="type", tag="assignment"):
    """Which version of a set was given from when to when, as revisions keep it."""

    set_id: UUID
    set_version: int
    from_date: date
    to_date: date | None


class Assignments(Struct, frozen=True, kw_only=True):
    """A client's assignments, oldest first."""

    items: list[Assignment]


class Occurrence(Struct, frozen=True, kw_only=True):
    """One practice on one date. Its id outlives every move of the session it is anchored to (`domain.md`, Plan)."""

    id: UUID
    date: date
    slot: Slot
    due: bool
    exercise: str
    exercise_version: int
    length: Length
    assignment_id: UUID
    session_id: UUID | UnsetType = UNSET


class Agenda(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """What is planned from one date to another, inclusive."""

    from_date: date
    to_date: date
    occurrences: list[Occurrence]
