from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Zone
from server.care.items import ChangedItem, Length, NewItem, PinnedExercise, PracticeItem, Slot
from server.catalogue.withdrawal import Tombstone

SessionKind = Literal["preparation", "dosing", "integration", "other"]
SessionStatus = Literal["scheduled", "held", "cancelled", "no_show"]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
AssignmentStatus = Literal["planned", "active", "paused", "ended"]
PlanNote = Annotated[str, Meta(max_length=500, description="What the therapist wants to say of it to the client")]
SetVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
# What a date looks like on the wire beside another.
SPAN: Final = {"from_date": "from", "to_date": "to"}


class NewPracticeSet(Struct, frozen=True, kw_only=True):
    """A set of exercises to give to clients."""

    title: Title
    items: Annotated[list[NewItem], Meta(min_length=1, max_length=40)]


class ChangePracticeSet(Struct, frozen=True, kw_only=True):
    """What the next version of a set says otherwise; absent fields stay. `items` are all items of it, in order.

    `retired`: no longer offered when something is given; who has it keeps it.
    """

    title: Title | UnsetType = UNSET
    items: Annotated[list[ChangedItem], Meta(min_length=1, max_length=40)] | UnsetType = UNSET
    retired: bool | UnsetType = UNSET


class PracticeSet(Struct, frozen=True, kw_only=True):
    """One version of a practice set."""

    id: UUID
    version: int
    title: str
    items: tuple[PracticeItem, ...]
    retired: bool


class PracticeSets(Struct, frozen=True, kw_only=True):
    """The newest version of each of the clinic's sets that are not retired, by title."""

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


class NewAssignment(Struct, frozen=True, kw_only=True, rename=SPAN):
    """Give a set to a client; `version` defaults to the newest, `from` to the client's today."""

    practice_set_id: UUID
    version: SetVersion | UnsetType = UNSET
    from_date: date | UnsetType = UNSET
    to_date: date | UnsetType = UNSET
    note: PlanNote | UnsetType = UNSET


class AssignmentPause(Struct, frozen=True, kw_only=True, rename=SPAN):
    """Dates on which nothing of an assignment is due, both inclusive; `to` absent: until it goes on."""

    from_date: date
    to_date: date | UnsetType = UNSET

    def covers(self, day: date) -> bool:
        """Tell whether a date is set aside."""
        return self.from_date <= day and (isinstance(self.to_date, UnsetType) or day <= self.to_date)


class ChangeAssignment(Struct, frozen=True, kw_only=True, rename=SPAN):
    """The fields to change; absent ones stay.

    `to` is its last day, today or later. `status`: `paused` from today on, `active` again from today on, or `ended`:
    today is its last day, and nothing of it is due on it any more. An empty `note` takes it away.
    """

    to_date: date | UnsetType = UNSET
    status: Literal["active", "paused", "ended"] | UnsetType = UNSET
    note: PlanNote | UnsetType = UNSET


class MoveAssignment(Struct, frozen=True, kw_only=True, rename={"from_date": "from"}):
    """To which version of its set (default: the newest), and from which day on (default: the client's today)."""

    version: SetVersion | UnsetType = UNSET
    from_date: date | UnsetType = UNSET


class Assignment(Struct, frozen=True, kw_only=True, rename=SPAN):
    """A set in a client's plan, first and last day inclusive; `revision` grows with every change.

    `status` is as of the client's today. `note`: the therapist's words for the client. `counted_from`: the day that
    every-n-days items are counted from, where it is not the first one. `withdrawn`, in lists: what of its set is no
    longer offered, and what replaces it.
    """

    id: UUID
    practice_set_id: UUID
    version: int
    title: str
    from_date: date
    status: AssignmentStatus
    revision: int
    pauses: tuple[AssignmentPause, ...]
    to_date: date | UnsetType = UNSET
    counted_from: date | UnsetType = UNSET
    note: str | UnsetType = UNSET
    withdrawn: tuple[Tombstone, ...] | UnsetType = UNSET


class AssignmentState(Struct, frozen=True, kw_only=True, tag_field="type", tag="assignment"):
    """Which version of a set was given from when to when, and set aside when, as revisions keep it."""

    set_id: UUID
    set_version: int
    from_date: date
    to_date: date | None
    counted_from: date | None = None
    pauses: tuple[AssignmentPause, ...] = ()


class Assignments(Struct, frozen=True, kw_only=True):
    """A client's assignments, oldest first."""

    items: list[Assignment]


class Occurrence(Struct, frozen=True, kw_only=True):
    """One practice on one date. Its id outlives every move of the session it is anchored to (`domain.md`, Plan).

    `any_of`: the client chooses one of them; `exercise` is the first. `target`: practices that the day asks for.
    `withdrawn`: what of it is no longer offered, and what to offer instead; a recalled one is offered by nobody.
    """

    id: UUID
    date: date
    slot: Slot
    due: bool
    exercise: str
    exercise_version: int
    length: Length
    target: int
    assignment_id: UUID
    any_of: tuple[PinnedExercise, ...] | UnsetType = UNSET
    session_id: UUID | UnsetType = UNSET
    withdrawn: tuple[Tombstone, ...] | UnsetType = UNSET


class AssignmentNote(Struct, frozen=True, kw_only=True):
    """What the therapist wants to say to the client of an assignment."""

    assignment_id: UUID
    note: str


class Agenda(Struct, frozen=True, kw_only=True, rename=SPAN):
    """What is planned from one date to another, inclusive, by date and time of day; and the notes that belong to it."""

    from_date: date
    to_date: date
    occurrences: list[Occurrence]
    notes: list[AssignmentNote]
