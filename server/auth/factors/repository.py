"""Reads and writes of second factors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import MemberRow, OrganisationRow
from server.accounts.schemas import Access
from server.auth.models import ChallengeRow, RecoveryCodeRow, TotpRow


async def lock_totp(session: AsyncSession, organisation: UUID, member: UUID) -> TotpRow | None:
    """Return a member's authenticator app, locked: two uses of one code queue."""
    return await session.get(TotpRow, (organisation, member), with_for_update=True, populate_existing=True)


async def has_totp(session: AsyncSession, organisation: UUID, member: UUID) -> bool:
    """Whether a member has confirmed an authenticator app."""
    query = select(TotpRow.member_id).where(
        TotpRow.organisation_id == organisation, TotpRow.member_id == member, TotpRow.confirmed_at.is_not(None)
    )
    return await session.scalar(query) is not None


async def use_recovery_code(
    session: AsyncSession, organisation: UUID, member: UUID, code_hash: bytes, now: datetime
) -> bool:
    """Mark a recovery code as used; whether it was there and unused."""
    used = await session.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.organisation_id == organisation,
            RecoveryCodeRow.member_id == member,
            RecoveryCodeRow.code_hash == code_hash,
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCodeRow.member_id)
    )
    return used.one_or_none() is not None


async def count_recovery_codes(session: AsyncSession, organisation: UUID, member: UUID) -> int:
    """Return how many recovery codes a member has left."""
    query = select(func.count()).where(
        RecoveryCodeRow.organisation_id == organisation,
        RecoveryCodeRow.member_id == member,
        RecoveryCodeRow.used_at.is_(None),
    )
    return await session.scalar(query) or 0


async def delete_recovery_codes(session: AsyncSession, organisation: UUID, member: UUID) -> None:
    """Delete every recovery code of a member."""
    await session.execute(
        delete(RecoveryCodeRow).where(
            RecoveryCodeRow.organisation_id == organisation, RecoveryCodeRow.member_id == member
        )
    )


async def lock_challenge(session: AsyncSession, organisation: UUID, challenge: UUID) -> ChallengeRow | None:
    """Return a challenge, locked: each try is counted."""
    return await session.get(ChallengeRow, (organisation, challenge), with_for_update=True)


async def find_owner(session: AsyncSession, access: Access) -> tuple[MemberRow, OrganisationRow]:
    """Return the member who asks, and their clinic."""
    query = (
        select(MemberRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == MemberRow.organisation_id)
        .where(MemberRow.organisation_id == access.organisation, MemberRow.id == access.subject)
    )
    member, clinic = (await session.execute(query)).one()
    return member, clinic


async def find_active(session: AsyncSession, organisation: UUID, member: UUID) -> MemberRow | None:
    """Return a member who has not been ended."""
    query = select(MemberRow).where(
        MemberRow.organisation_id == organisation, MemberRow.id == member, MemberRow.ended_at.is_(None)
    )
    return await session.scalar(query)
