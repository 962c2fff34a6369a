"""Those who work at the clinic. Their names and addresses are sealed; an address is found by its keyed hash."""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository
from server.accounts.models import MemberRow
from server.accounts.schemas import MemberRole
from server.kit.errors import Conflict
from server.kit.ids import new_id
from server.vault.keys import Keys
from server.vault.sealing import Place
from server.vault.service import Vault


def hash_email(keys: Keys, organisation: UUID, email: str) -> bytes:
    """Return what finds a member by e-mail address, whatever its case; without the key it tells nothing."""
    return hmac.digest(keys.derive(organisation, "email"), email.casefold().encode(), "sha256")


def member_place(organisation: UUID, member: UUID, column: str) -> Place:
    """Return where a member's sealed `name` or `email` stands."""
    return Place(table="members", column=column, organisation=organisation, owner=organisation, row=member)


async def add_member(
    session: AsyncSession, keys: Keys, organisation: UUID, role: MemberRole, email: str, name: str, now: datetime
) -> UUID:
    """Add somebody who works at the clinic and return their id; they cannot sign in yet.

    Raises:
        Conflict: the e-mail address is already a member's.
    """
    email_hash = hash_email(keys, organisation, email)
    if await repository.find_member(session, organisation, email_hash):
        raise Conflict("This e-mail address already belongs to a member.", code="known_email")
    key = await Vault(session, keys).key(organisation, organisation)
    member = new_id()
    row = MemberRow(
        organisation_id=organisation,
        id=member,
        email_hash=email_hash,
        email=key.seal(member_place(organisation, member, "email"), email.casefold()),
        name=key.seal(member_place(organisation, member, "name"), name),
        role=role,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return member


async def find_by_email(session: AsyncSession, keys: Keys, organisation: UUID, email: str) -> MemberRow | None:
    """Return the active member with this e-mail address."""
    return await repository.find_member(session, organisation, hash_email(keys, organisation, email))
