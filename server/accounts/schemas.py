from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

MemberRole = Literal["admin", "therapist"]
Role = Literal["admin", "therapist", "client"]
Display = Literal["off", "gentle", "count"]
Handle = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,39}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\Z")]
DayStart = Annotated[
    str, Meta(pattern=r"^(0[0-5]:[0-5][0-9]|06:00)(:00)?\Z", description="Wall clock, 00:00 to 06:00, as in 04:00")
]
Zone = Annotated[str, Meta(min_length=1, max_length=64, description="IANA time zone", examples=["Europe/Berlin"])]


class Access(Struct, frozen=True, kw_only=True):
    """Who asks: every repository function takes one (`security.md`, Isolation 2)."""

    organisation: UUID
    subject: UUID
    role: Role
    sign_in: UUID
    device: UUID | None


class SignIn(Struct, frozen=True, kw_only=True):
    """A member's e-mail and password; `organisation` (its handle) only where a server holds several."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=1024)]
    organisation: Handle | UnsetType = UNSET


class Pair(Struct, frozen=True, kw_only=True):
    """The code the therapist read out, and the zone the phone is in."""

    code: Annotated[str, Meta(min_length=10, max_length=20)]
    zone: Zone
    organisation: Handle | UnsetType = UNSET


class Refresh(Struct, frozen=True, kw_only=True):
    """The refresh token of the last answer."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=256)]


class Tokens(Struct, frozen=True, kw_only=True):
    """Opaque bearer tokens; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"]
    role: Role
    subject_id: UUID
    device_id: UUID | UnsetType = UNSET


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


class Client(Struct, frozen=True, kw_only=True):
    """A client as their therapist sees them. `last_outbox_at` absent: no phone has delivered anything yet."""

    id: UUID
    name: str
    zone: str
    locale: str
    day_start: str
    rest_days: int
    created_at: datetime
    last_outbox_at: datetime | UnsetType = UNSET


class Clients(Struct, frozen=True, kw_only=True):
    """The clients in the caller's care, by name."""

    items: list[Client]


class PairingCode(Struct, frozen=True, kw_only=True):
    """A code to read out; it works once, until `expires_at`."""

    code: str
    expires_at: datetime


class Me(Struct, frozen=True, kw_only=True):
    """What a client's phone needs to know about its owner."""

    id: UUID
    zone: str
    locale: str
    day_start: str
    display: Display
    shares_early_stops: bool


class ChangePreferences(Struct, frozen=True, kw_only=True):
    """What only the client decides: how much of a streak they see, and whether early stops reach the therapist."""

    display: Display | UnsetType = UNSET
    shares_early_stops: bool | UnsetType = UNSET
