"""Reads and writes of what people sign in with."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import ClientRow, DeviceRow, MemberRow, OrganisationRow
from server.accounts.schemas import Access, MemberRole, Role
from server.accounts.sharing.models import SupportPersonRow
from server.auth.models import (
    ChallengeRow,
    GuessRow,
    InvitationRow,
    PairingRow,
    PasswordRow,
    SignInRow,
)

# At each sign-in: enough to keep up with an attack, and quickly done.
FORGET_AT_ONCE = 1000


async def lock_guesses(
    session: AsyncSession, organisation: UUID, buckets: Collection[bytes], now: datetime
) -> dict[bytes, GuessRow]:
    """Return what is counted in these buckets, begun where there is nothing yet, locked: guesses queue here.

    One statement, so that neither two first guesses nor a right one in between can come to a unique violation; sorted,
    so that two of them cannot wait for each other.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begun = insert(GuessRow).values(
        [{"organisation_id": organisation, "bucket": each, "count": 0, "free_at": now} for each in sorted(buckets)]
    )
    found = begun.on_conflict_do_update(
        index_elements=[GuessRow.organisation_id, GuessRow.bucket], set_={"count": GuessRow.count}
    )
    rows = await session.scalars(found.returning(GuessRow), execution_options={"populate_existing": True})
    return {row.bucket: row for row in rows}


async def save_guesses(
    session: AsyncSession, organisation: UUID, counted: Mapping[bytes, tuple[int, datetime]]
) -> None:
    """Write (count, when the next may come) of locked buckets, always by one statement."""
    rows = [
        {"organisation_id": organisation, "bucket": bucket, "count": count, "free_at": free_at}
        for bucket, (count, free_at) in counted.items()
    ]
    await session.execute(update(GuessRow), rows)


class Known(NamedTuple):
    """A member and the hash of their password, if they have one."""

    member: MemberRow
    password: str | None


async def find_account(session: AsyncSession, organisation: UUID, email_hash: bytes) -> Known | None:
    """Return the active member with this address and their password: one statement, whether or not there is one."""
    password = (PasswordRow.organisation_id == MemberRow.organisation_id) & (PasswordRow.member_id == MemberRow.id)
    query = (
        select(MemberRow, PasswordRow.hash)
        .outerjoin(PasswordRow, password)
        .where(
            MemberRow.organisation_id == organisation, MemberRow.email_hash == email_hash, MemberRow.ended_at.is_(None)
        )
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else Known(*found)


async def find_password(session: AsyncSession, organisation: UUID, member: UUID) -> str | None:
    """Return the hash of a member's password; None when they have none."""
    query = select(PasswordRow.hash).where(PasswordRow.organisation_id == organisation, PasswordRow.member_id == member)
    return await session.scalar(query)


class Bearer(NamedTuple):
    """A sign-in, the member's present role, when the member or the phone behind it was ended, and the clinic's rule."""

    sign_in: SignInRow
    member_role: MemberRole | None
    member_ended_at: datetime | None
    device_ended_at: datetime | None
    support_ended_at: datetime | None
    needs_second_factor: bool

    @property
    def ended(self) -> bool:
        """Whether the sign-in, or who or what is behind it, was ended."""
        return bool(self.sign_in.ended_at or self.member_ended_at or self.device_ended_at or self.support_ended_at)

    @property
    def role(self) -> Role:
        """What they may do now; a member's role may have changed since they signed in."""
        return self.member_role or self.sign_in.role


async def find_bearer(session: AsyncSession, organisation: UUID, sign_in: UUID, *, lock: bool = False) -> Bearer | None:
    """Return a sign-in and whoever is behind it, in one read by primary keys; `lock`: others who do queue here."""
    member = (MemberRow.organisation_id == SignInRow.organisation_id) & (MemberRow.id == SignInRow.subject_id)
    device = (
        (DeviceRow.organisation_id == SignInRow.organisation_id)
        & (DeviceRow.client_id == SignInRow.subject_id)
        & (DeviceRow.id == SignInRow.device_id)
    )
    supporter = (SupportPersonRow.organisation_id == SignInRow.organisation_id) & (
        SupportPersonRow.id == SignInRow.subject_id
    )
    query = (
        select(
            SignInRow,
            MemberRow.role,
            MemberRow.ended_at,
            DeviceRow.ended_at,
            SupportPersonRow.ended_at,
            OrganisationRow.needs_second_factor,
        )
        .join(OrganisationRow, OrganisationRow.id == SignInRow.organisation_id)
        .outerjoin(MemberRow, member)
        .outerjoin(DeviceRow, device)
        .outerjoin(SupportPersonRow, supporter)
        .where(SignInRow.organisation_id == organisation, SignInRow.id == sign_in)
    )
    found = (await session.execute(query.with_for_update(of=SignInRow) if lock else query)).one_or_none()
    return None if found is None else Bearer(*found)


async def has_client(session: AsyncSession, organisation: UUID, client: UUID) -> bool:
    """Whether there is such a client."""
    return await session.get(ClientRow, (organisation, client)) is not None


async def lock_sign_in(session: AsyncSession, access: Access, sign_in: UUID) -> SignInRow | None:
    """Return one of the caller's own sign-ins, locked."""
    query = select(SignInRow).where(
        SignInRow.organisation_id == access.organisation,
        SignInRow.subject_id == access.subject,
        SignInRow.id == sign_in,
    )
    return await session.scalar(query.with_for_update())


async def list_sign_ins(session: AsyncSession, access: Access, now: datetime) -> Sequence[SignInRow]:
    """Return the caller's sign-ins that go on, newest first."""
    query = select(SignInRow).where(
        SignInRow.organisation_id == access.organisation,
        SignInRow.subject_id == access.subject,
        SignInRow.ended_at.is_(None),
        SignInRow.refresh_expires_at > now,
    )
    return (await session.scalars(query.order_by(SignInRow.started_at.desc(), SignInRow.id.desc()))).all()


async def end_other_sign_ins(session: AsyncSession, access: Access, now: datetime) -> None:
    """End every sign-in of the caller but the present one."""
    await session.execute(
        update(SignInRow)
        .where(
            SignInRow.organisation_id == access.organisation,
            SignInRow.subject_id == access.subject,
            SignInRow.id != access.sign_in,
            SignInRow.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


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


async def lock_pairing(session: AsyncSession, organisation: UUID, key: UUID) -> PairingRow | None:
    """Return a pairing by key, locked: a link works once."""
    return await session.get(PairingRow, (organisation, key), with_for_update=True)


async def end_pairings(
    session: AsyncSession, access: Access, client: UUID, support_person: UUID | None, now: datetime
) -> None:
    """End what was not used yet of the ways in for a client's phone, or for that of a support person."""
    await session.execute(
        update(PairingRow)
        .where(
            PairingRow.organisation_id == access.organisation,
            PairingRow.client_id == client,
            PairingRow.support_person_id.is_not_distinct_from(support_person),
            PairingRow.used_at.is_(None),
            PairingRow.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


async def find_organisation(session: AsyncSession, organisation: UUID) -> OrganisationRow:
    """Return a clinic that is known to be there."""
    return await session.get_one(OrganisationRow, organisation)


async def list_invitations(session: AsyncSession, access: Access) -> Sequence[InvitationRow]:
    """Return the clinic's invitations, newest first."""
    query = select(InvitationRow).where(InvitationRow.organisation_id == access.organisation)
    return (await session.scalars(query.order_by(InvitationRow.id.desc()))).all()


async def lock_invitation(session: AsyncSession, organisation: UUID, key: UUID) -> InvitationRow | None:
    """Return an invitation, locked: it works once."""
    return await session.get(InvitationRow, (organisation, key), with_for_update=True)


async def end_invitations(session: AsyncSession, access: Access, email_hash: bytes, now: datetime) -> None:
    """End the invitations of an address that were not accepted yet."""
    await session.execute(
        update(InvitationRow)
        .where(
            InvitationRow.organisation_id == access.organisation,
            InvitationRow.email_hash == email_hash,
            InvitationRow.accepted_at.is_(None),
            InvitationRow.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


async def forget_old(session: AsyncSession, organisation: UUID, guesses: datetime, challenges: datetime) -> None:
    """Delete some of the guesses and challenges that ended before these instants; what others hold is left to them."""
    for row, key, end, before in (
        (GuessRow, GuessRow.bucket, GuessRow.free_at, guesses),
        (ChallengeRow, ChallengeRow.id, ChallengeRow.expires_at, challenges),
    ):
        old = select(key).where(row.organisation_id == organisation, end < before)
        batch = old.limit(FORGET_AT_ONCE).with_for_update(skip_locked=True)
        await session.execute(delete(row).where(row.organisation_id == organisation, key.in_(batch)))
