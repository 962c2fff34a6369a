"""Who works at the clinic, as what. A change counts at the next request of whom it is about."""

from uuid import UUID

from msgspec import UNSET

from server.accounts.members import member_place
from server.accounts.models import MemberRow
from server.accounts.policy import note
from server.accounts.schemas import STAFF
from server.accounts.team import repository
from server.accounts.team.care_relations import end_relations
from server.accounts.team.schemas import ChangeMember, Member, Members
from server.accounts.work import Work
from server.kit.errors import Conflict, NotFound
from server.vault.sealing import DataKey


async def list_members(work: Work) -> Members:
    """Return who works at the clinic, by name; for an admin also who did, and their addresses."""
    admin = work.access.role == "admin"
    rows = await repository.list_members(work.session, work.access, ended=admin)
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    items = [_member(row, key, admin=admin) for row in rows]
    return Members(items=sorted(items, key=lambda each: (each.name.casefold(), each.id)))


async def change_member(work: Work, member: UUID, data: ChangeMember) -> Member:
    """Give a member another role; one that sees no clients ends their care for all of them.

    Raises:
        NotFound: there is no such member.
        Conflict: they are the last admin.
    """
    row = await _lock(work, member, stays_admin=data.role == "admin")
    row.role = data.role
    await work.session.flush()
    note(work, None, about=member)
    if data.role not in STAFF:
        await _end_care(work, member)
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    return _member(row, key, admin=True)


async def end_member(work: Work, member: UUID) -> None:
    """End a member. Their line and those of whom they cared for stay; their address is free to be invited again.

    Raises:
        NotFound: there is no such member.
        Conflict: they are the last admin.
    """
    row = await _lock(work, member, stays_admin=False)
    row.ended_at, row.email_hash = work.now, None
    await work.session.flush()
    note(work, None, about=member)
    await _end_care(work, member)


async def _lock(work: Work, member: UUID, *, stays_admin: bool) -> MemberRow:
    admins = await repository.lock_admins(work.session, work.access)
    row = await repository.lock_member(work.session, work.access, member)
    if row is None:
        raise NotFound("There is no such member.")
    if [*admins] == [member] and not stays_admin:
        raise Conflict("A clinic needs an admin: make somebody else one first.", code="last_admin")
    return row


async def _end_care(work: Work, member: UUID) -> None:
    note(work, *await end_relations(work, member, None), about=member)


def _member(row: MemberRow, key: DataKey, *, admin: bool) -> Member:
    return Member(
        id=row.id,
        name=key.open(member_place(row.organisation_id, row.id, "name"), row.name),
        role=row.role,
        email=key.open(member_place(row.organisation_id, row.id, "email"), row.email) if admin else UNSET,
        ended_at=row.ended_at or UNSET,
    )
