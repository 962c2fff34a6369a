from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.audit.schemas import AuditEntry
from server.catalogue.vocabulary import Posture, Property

MemberRole = Literal["admin", "therapist", "author", "reviewer", "researcher"]
Role = Literal["admin", "therapist", "author", "reviewer", "researcher", "client", "support"]
# Who works with clients, each with those in their care.
STAFF: tuple[Role, ...] = ("admin", "therapist")
# Whose look at a client's record is written into the audit: everybody's but the client's own.
READERS: tuple[Role, ...] = (*STAFF, "support")
# Everybody who works at the clinic.
MEMBERS: tuple[MemberRole, ...] = ("admin", "therapist", "author", "reviewer", "researcher")
Display = Literal["off", "gentle", "count"]
Mode = Literal["standard", "perinatal", "palliative"]
Handle = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,39}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\Z")]
DayStart = Annotated[
    str, Meta(pattern=r"^(0[0-5]:[0-5][0-9]|06:00)(:00)?\Z", description="Wall clock, 00:00 to 06:00, as in 04:00")
]
Grace = Annotated[int, Meta(ge=0, le=2, description="Misses that seven counted days forgive")]
DailyTarget = Annotated[int, Meta(ge=1, le=5, description="Practices that make a day practised")]
Zone = Annotated[str, Meta(min_length=1, max_length=64, description="IANA time zone", examples=["Europe/Berlin"])]


class Access(Struct, frozen=True, kw_only=True):
    """Who asks: every repository function takes one (`security.md`, Isolation 2).

    `stepped_up_at`: when they last proved again who they are; None when not since they signed in.
    """

    organisation: UUID
    subject: UUID
    role: Role
    sign_in: UUID
    device: UUID | None
    stepped_up_at: datetime | None


class AddClient(Struct, frozen=True, kw_only=True):
    """A new client of the therapist who adds them. `day_start`: when a practice day begins (`streaks.md` R1)."""

    name: Name
    zone: Zone
    locale: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?\Z")] = "en"
    day_start: DayStart = "04:00"
    rest_days: Annotated[int, Meta(ge=0, le=3)] = 0


class ChangeClient(Struct, frozen=True, kw_only=True):
    """The fields to change; absent ones stay."""

    name: Name | UnsetType = UNSET
    day_start: DayStart | UnsetType = UNSET
    rest_days: Annotated[int, Meta(ge=0, le=3)] | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    grace: Grace | UnsetType = UNSET
    daily_target: DailyTarget | UnsetType = UNSET


class Client(Struct, frozen=True, kw_only=True):
    """A client as their therapist sees them. `last_outbox_at` absent: no phone has delivered anything yet.

    `silenced_at`: since when nothing is asked or told of them; absent: it is not so.
    """

    id: UUID
    name: str
    zone: str
    locale: str
    day_start: str
    rest_days: int
    mode: Mode
    grace: int
    daily_target: int
    created_at: datetime
    last_outbox_at: datetime | UnsetType = UNSET
    silenced_at: datetime | UnsetType = UNSET


class Silence(Struct, frozen=True, kw_only=True):
    """From `at` until `lifted_at` nothing is asked and nothing is told; `first` to `last` are the dates set aside.

    `last` and `lifted_at` None: it goes on.
    """

    at: datetime
    first: date
    lifted_at: datetime | None = None
    last: date | None = None


class Silenced(Struct, frozen=True, kw_only=True):
    """Since when nothing is asked and nothing is told."""

    since: datetime


class ClientState(Struct, frozen=True, kw_only=True, tag_field="type", tag="client"):
    """How a client's days are counted, as revisions keep it; older ones say less, and meant these defaults."""

    day_start: time
    rest_days: int
    mode: Mode = "standard"
    grace: int = 1
    daily_target: int = 1
    silences: tuple[Silence, ...] = ()


class Clients(Struct, frozen=True, kw_only=True):
    """The clients in the caller's care, by name."""

    items: list[Client]


class LeftOut(Struct, frozen=True, kw_only=True):
    """What a client wants left out of what they are offered, in the catalogue's words, without saying why."""

    properties: Annotated[list[Property], Meta(max_length=61)]
    postures: Annotated[list[Posture], Meta(max_length=10)]


class Me(Struct, frozen=True, kw_only=True):
    """What a client's phone needs to know about its owner. `silenced`: ask nothing, remind of nothing, show no figure.

    `display` is then `off`, whatever the client has chosen; their choice comes back.
    """

    id: UUID
    zone: str
    locale: str
    day_start: str
    mode: Mode
    display: Display
    silenced: bool
    left_out: LeftOut


class ChangePreferences(Struct, frozen=True, kw_only=True):
    """What only the client decides: how much of a streak they see, and what they want left out.

    `left_out` replaces what was there. It is kept and served; what is offered does not depend on it yet.
    """

    display: Display | UnsetType = UNSET
    left_out: LeftOut | UnsetType = UNSET


class Device(Struct, frozen=True, kw_only=True):
    """A phone. `current`: it is the one that asks. `last_outbox_at` absent: it has delivered nothing yet."""

    id: UUID
    paired_at: datetime
    current: bool
    last_outbox_at: datetime | UnsetType = UNSET
    ended_at: datetime | UnsetType = UNSET


class Devices(Struct, frozen=True, kw_only=True):
    """A client's phones, the newest first."""

    items: list[Device]


class RecordRead(Struct, frozen=True, kw_only=True):
    """Somebody read or changed the caller's record. `what` says in plain words what `action` was.

    `name` is there for members of the clinic, also those who have left.
    """

    at: datetime
    role: str
    action: str
    what: str
    name: str | UnsetType = UNSET


class RecordReads(Struct, frozen=True, kw_only=True):
    """Newest first; `next_cursor` is absent at the end."""

    items: list[RecordRead]
    next_cursor: str | UnsetType = UNSET


class AuditPage(Struct, frozen=True, kw_only=True):
    """The clinic's audit, newest first; `next_cursor` is absent at the end."""

    items: list[AuditEntry]
    next_cursor: str | UnsetType = UNSET
