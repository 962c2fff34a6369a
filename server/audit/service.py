"""The audit of a clinic: who read and changed what, in a chain that shows tampering (`security.md`, Data).

Entries are never deleted, by no retention and no erasure: they hold ids only. Every function runs in a transaction in
which the organisation has been entered (`server/db/tenancy.py`).
"""

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.audit import chain, repository
from server.audit.models import AuditRow
from server.audit.schemas import AuditEntry, Entry, Head, Link, Verdict
from server.vault.keys import Keys

__all__ = ["Entry", "export", "list_entries", "list_reads", "record", "verify"]
PURPOSE = "audit"


async def record(session: AsyncSession, keys: Keys, organisation: UUID, *entries: Entry) -> Head | None:
    """Append entries in the caller's transaction and return the new head; None if there were no entries.

    Three statements, however many entries. From the first on until the transaction ends, every other writer of this
    organisation's audit waits: record late, with nothing slow behind it.
    """
    if not entries:
        return None
    key = keys.derive(organisation, PURPOSE)
    seal = await repository.lock_seal(session, organisation, chain.start(key, organisation))
    macs, seal = chain.extend(key, seal, entries)
    await repository.add_entries(session, organisation, entries, macs, seal)
    return Head(number=seal.number, mac=macs[-1])


async def verify(session: AsyncSession, keys: Keys, organisation: UUID, anchor: Head | None) -> Verdict:
    """Walk the whole chain in flat memory; `anchor` is a head that was kept outside of the database.

    Without an anchor nobody can tell a chain that was set back, head and all, to what it was in an older copy.
    """
    seal, last = await repository.find_end(session, organisation)
    walk = chain.Walk(keys.derive(organisation, PURPOSE), organisation, anchor)
    async for link in repository.read_links(session, organisation, last):
        walk.take(link)
    return walk.end(seal)


async def export(session: AsyncSession, organisation: UUID) -> AsyncIterator[Link]:
    """Yield every link, oldest first, in flat memory; what is appended meanwhile is left out."""
    _, last = await repository.find_end(session, organisation)
    async for link in repository.read_links(session, organisation, last):
        yield link


async def list_reads(
    session: AsyncSession, organisation: UUID, client: UUID, before: int | None, limit: int
) -> list[AuditEntry]:
    """Return who read or changed a client's record, newest first, for the client; `before` is a number to page by."""
    return [_seen(row) for row in await repository.list_newest(session, organisation, client, before, limit)]


async def list_entries(session: AsyncSession, organisation: UUID, before: int | None, limit: int) -> list[AuditEntry]:
    """Return the clinic's entries, newest first, for its admin; `before` is a number to page by."""
    return [_seen(row) for row in await repository.list_newest(session, organisation, None, before, limit)]


def _seen(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=row.at,
        actor_role=row.actor_role,
        action=row.action,
        actor_id=row.actor_id or UNSET,
        client_id=row.client_id or UNSET,
        object_id=row.object_id or UNSET,
    )
