from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

FaultKind = Literal["edited", "missing", "out_of_order", "truncated", "head_changed", "behind_anchor"]


class Entry(Struct, frozen=True, kw_only=True):
    """Who did what to whose record: ids and words of the program only, no names and nothing about health.

    `role` is the actor's, or `operator` for a command; `action` an OpenAPI operation id or a command's name; `actor`
    is absent where nobody was signed in; `client` is whose record it was; `object` the row that it was about.
    """

    at: datetime
    actor: UUID | None
    role: str
    action: str
    client: UUID | None = None
    object: UUID | None = None


class Link(Struct, frozen=True, kw_only=True):
    """An entry in its place in the chain; without an `entry`, when what is stored cannot even be read."""

    number: int
    entry: Entry | None
    mac: bytes


class Seal(Struct, frozen=True, kw_only=True):
    """What the database holds of the chain's end: the newest number, and what the next entry's MAC begins with."""

    number: int
    mac: bytes


class Head(Struct, frozen=True, kw_only=True):
    """Number and MAC of the newest entry. Kept outside of the database, it shows a later truncation."""

    number: int
    mac: bytes


class Fault(Struct, frozen=True, kw_only=True):
    """Something that the chain's keeper did not do; `sentence` is for the operator, `number` is where."""

    number: int
    kind: FaultKind
    sentence: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What a walk along a chain found: how many entries, how many of them fit, and what is wrong."""

    entries: int
    fitting: int
    faults: tuple[Fault, ...]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One entry of the audit, as those who may read it see it; `number` counts from 1 in each clinic."""

    number: int
    at: datetime
    actor_role: str
    action: str
    actor_id: UUID | UnsetType = UNSET
    client_id: UUID | UnsetType = UNSET
    object_id: UUID | UnsetType = UNSET


class ExportedEntry(Struct, frozen=True, kw_only=True, tag_field="line", tag="entry"):
    """A line of an export; `mac` in hexadecimal."""

    number: int
    at: datetime
    actor_role: str
    action: str
    mac: str
    actor_id: UUID | UnsetType = UNSET
    client_id: UUID | UnsetType = UNSET
    object_id: UUID | UnsetType = UNSET


class ExportedHead(Struct, frozen=True, kw_only=True, tag_field="line", tag="head"):
    """The last line of an export: its newest entry (number 0 and no MAC without any), and when it was made."""

    organisation_id: UUID
    number: int
    mac: str
    at: datetime
