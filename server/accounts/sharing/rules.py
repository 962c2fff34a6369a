"""What is shared with whom. Pure: the ledger decides, and nothing is shared by itself (`security.md`, Data)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from server.accounts.sharing.models import ConsentRow
from server.accounts.sharing.schemas import Scope


class Reader(Struct, frozen=True, kw_only=True):
    """Who wants to read: somebody whom `access_client` has let through to the client already."""

    kind: Literal["member", "support_person"]
    id: UUID


def scopes_for(ledger: Iterable[ConsentRow], reader: Reader, now: datetime) -> frozenset[Scope]:
    """Return what a client's ledger shares with this reader at this instant."""
    return frozenset(row.scope for row in ledger if holds(row, now) and _meets(row, reader))


def holds(row: ConsentRow, now: datetime) -> bool:
    """Whether a consent has begun and is neither expired nor revoked; at the instant it ends it is over."""
    return row.from_at <= now and not any(end is not None and end <= now for end in (row.expires, row.revoked_at))


def _meets(row: ConsentRow, reader: Reader) -> bool:
    if row.grantee == "care_team":
        return reader.kind == "member"
    named = row.member_id if reader.kind == "member" else row.support_person_id
    return row.grantee == reader.kind and named == reader.id
