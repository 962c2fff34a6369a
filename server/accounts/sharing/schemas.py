from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Name

# What a client may share; nothing is shared by itself (`security.md`, Data).
Scope = Literal["streak", "notes", "check_ins", "early_stops"]
Grantee = Literal["care_team", "member", "support_person"]
Purpose = Literal["care", "support"]
# What may be shared with somebody who is no member of the clinic: never notes, early stops, sessions or plans.
SupportScope = Literal["streak", "check_ins"]
SUPPORT_SCOPES: frozenset[Scope] = frozenset(("streak", "check_ins"))


class AddConsent(Struct, frozen=True, kw_only=True):
    """Share `scope` with one member of the care team or one support person; without either, with the whole team.

    The care team is whoever is in it at the time. A support person can be given `streak` and `check_ins` only.
    """

    scope: Scope
    member_id: UUID | UnsetType = UNSET
    support_person_id: UUID | UnsetType = UNSET
    expires: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET


class Consent(Struct, frozen=True, kw_only=True, rename={"from_at": "from"}):
    """A line of the ledger. `holds`: it is neither revoked nor expired now."""

    id: UUID
    scope: Scope
    purpose: Purpose
    grantee: Grantee
    from_at: datetime
    holds: bool
    member_id: UUID | UnsetType = UNSET
    support_person_id: UUID | UnsetType = UNSET
    expires: datetime | UnsetType = UNSET
    revoked_at: datetime | UnsetType = UNSET


class Consents(Struct, frozen=True, kw_only=True):
    """Every consent the client has given, newest first, also those that are over."""

    items: list[Consent]


class AddSupportPerson(Struct, frozen=True, kw_only=True):
    """Somebody who supports the client. `shown_name`: what they are shown of the client's; without it, no name."""

    name: Name
    scopes: Annotated[list[SupportScope], Meta(max_length=2)]
    shown_name: Name | UnsetType = UNSET


class SupportPerson(Struct, frozen=True, kw_only=True):
    """Somebody who supports the client, or did until `ended_at`. `scopes`: what is shared with them now."""

    id: UUID
    name: str
    scopes: list[Scope]
    started_at: datetime
    shown_name: str | UnsetType = UNSET
    ended_at: datetime | UnsetType = UNSET


class SupportPersons(Struct, frozen=True, kw_only=True):
    """Who supports the client now, then who did; the newest first in each."""

    items: list[SupportPerson]
