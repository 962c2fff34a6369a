"""Reads and writes of what people sign in with."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import DeviceRow, MemberRow
from server.accounts.schemas import Access, MemberRole
from server.auth.models import GuessRow, PairingRow, PasswordRow, SignInRow


async def lock_guess(session: AsyncSession, organisation: UUID, account_hash: bytes, now: datetime) -> GuessRow:
    """Return the wrong guesses counted for an account name, begun if there are none, locked: guesses queue here.

    One statement, so that neither two first guesses nor a right password in between can come to a unique violation.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begun = insert(GuessRow).values(organisation_id=organisation, account_hash=account_hash, count=0, free_at=now)
    found = begun.on_conflict_do_update(
        index_elements=[GuessRow.organisation_id, GuessRow.account_hash], set_={"count": GuessRow.count}
    )
    return (await session.scalars(found.returning(GuessRow))).one()


async def find_password(session: AsyncSession, organisation: UUID, member: UUID) -> str | None:
    """Return the hash of a member's password; None when they have none."""
    query = select(PasswordRow.hash).where(PasswordRow.organisation_id == organisation, PasswordRow.member_id == member)
    return await session.scalar(query)


class Bearer(NamedTuple):
    """A sign-in, the member's present role, and when the member or the phone behind it was ended."""

    sign_in: SignInRow
    member_role: MemberRole | None
    member_ended_at: datetime | None
    device_ended_at: datetime | None


async def find_bearer(session: AsyncSession, organisation: UUID, sign_in: UUID) -> Bearer | None:
    """Return a sign-in and whoever is behind it, in one read by primary keys."""
    member = (MemberRow.organisation_id == SignInRow.organisation_id) & (MemberRow.id == SignInRow.subject_id)
    device = (
        (DeviceRow.organisation_id == SignInRow.organisation_id)
        & (DeviceRow.client_id == SignInRow.subject_id)
        & (DeviceRow.id == SignInRow.device_id)
    )
    query = (
        select(SignInRow, MemberRow.role, MemberRow.ended_at, DeviceRow.ended_at)
        .outerjoin(MemberRow, member)
        .outerjoin(DeviceRow, device)
        .where(SignInRow.organisation_id == organisation, SignInRow.id == sign_in)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else Bearer(*found)


async def lock_sign_in(session: AsyncSession, organisation: UUID, sign_in: UUID) -> SignInRow | None:
    """Return a sign-in by key, locked: two refreshes of one family must queue."""
    return await session.get(SignInRow, (organisation, sign_in), with_for_update=True)


async def end_sign_in(session: AsyncSession, access: Access, now: datetime) -> None:
    """End the caller's own sign-in."""
    await session.execute(
        update(SignInRow)
        .where(SignInRow.organisation_id == access.organisation, SignInRow.id == access.sign_in)
        .values(ended_at=now)
    )


async def find_pairing(session: AsyncSession, organisation: UUID, locator: str) -> PairingRow | None:
    """Return the pairing whose code begins like this, locked: each try is counted."""
    query = select(PairingRow).where(PairingRow.organisation_id == organisation, PairingRow.locator == locator)
    return await session.scalar(query.with_for_update())
