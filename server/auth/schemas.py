from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Email, Handle, Role, Zone


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


class PairingCode(Struct, frozen=True, kw_only=True):
    """A code to read out; it works once, until `expires_at`."""

    code: str
    expires_at: datetime
