"""What the audit tells: a client who read or changed their record, an admin what happened at the clinic (ids only)."""

from uuid import UUID

from msgspec import UNSET

from server.accounts.cursors import read_cursor, write_cursor
from server.accounts.members import member_place
from server.accounts.policy import note
from server.accounts.repository import list_members
from server.accounts.schemas import AuditPage, RecordRead, RecordReads
from server.accounts.words import told
from server.accounts.work import Work
from server.audit.schemas import AuditEntry
from server.audit.service import list_entries, list_reads
from server.vault.sealing import Place


async def read_record_reads(work: Work, cursor: str | None, limit: int) -> RecordReads:
    """Return who read or changed the caller's record, newest first, from a cursor on.

    Raises:
        Invalid: the cursor is none of the caller's own.
    """
    organisation, client = work.access.organisation, work.access.subject
    key = await work.vault.key(organisation, client)
    place = _place(organisation, client)
    before = read_cursor(key, place, cursor)
    entries = await list_reads(work.session, organisation, client, before, limit + 1)
    names = await _names(work, {each.actor_id for each in entries if isinstance(each.actor_id, UUID)})
    return RecordReads(
        items=[_read(each, names) for each in entries[:limit]],
        next_cursor=write_cursor(key, place, entries[limit - 1].number) if len(entries) > limit else UNSET,
    )


async def read_audit(work: Work, cursor: str | None, limit: int) -> AuditPage:
    """Return the clinic's audit, newest first, from a cursor on; reading it is an entry itself.

    Raises:
        Invalid: the cursor is none of this clinic.
    """
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    place = _place(organisation, organisation)
    entries = await list_entries(work.session, organisation, read_cursor(key, place, cursor), limit + 1)
    note(work, None)
    return AuditPage(
        items=entries[:limit],
        next_cursor=write_cursor(key, place, entries[limit - 1].number) if len(entries) > limit else UNSET,
    )


def _place(organisation: UUID, owner: UUID) -> Place:
    return Place(table="audit_entries", column="number", organisation=organisation, owner=owner, row=owner)


def _read(entry: AuditEntry, names: dict[UUID, str]) -> RecordRead:
    name = names.get(entry.actor_id) if isinstance(entry.actor_id, UUID) else None
    return RecordRead(
        at=entry.at, role=entry.actor_role, action=entry.action, what=told(entry.action), name=name or UNSET
    )


async def _names(work: Work, actors: set[UUID]) -> dict[UUID, str]:
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    rows = await list_members(work.session, work.access, actors)
    return {row.id: key.open(member_place(organisation, row.id, "name"), row.name) for row in rows}
