from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.accounts.schemas import MemberRole


class Carer(Struct, frozen=True, kw_only=True):
    """A member who cares, or cared until `until`, for a client."""

    member_id: UUID
    name: str
    role: MemberRole
    since: datetime
    until: datetime | UnsetType = UNSET


class CareTeam(Struct, frozen=True, kw_only=True):
    """Who cares for a client now, then who did before; the newest first in each."""

    items: list[Carer]


class AddCarer(Struct, frozen=True, kw_only=True):
    """A colleague who cares for the client from now on."""

    member_id: UUID


class HandOver(Struct, frozen=True, kw_only=True):
    """The member who cares from now on for all clients of another."""

    to_member_id: UUID


class HandedOver(Struct, frozen=True, kw_only=True):
    """How many clients have another member now; who they are is not told."""

    clients: int


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who works at the clinic. Only an admin is told `email`, and sees those who have left (`ended_at`)."""

    id: UUID
    name: str
    role: MemberRole
    email: str | UnsetType = UNSET
    ended_at: datetime | UnsetType = UNSET


class Members(Struct, frozen=True, kw_only=True):
    """Who works at the clinic, by name."""

    items: list[Member]


class ChangeMember(Struct, frozen=True, kw_only=True):
    """The role a member has from now on."""

    role: MemberRole
