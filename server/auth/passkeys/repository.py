from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row as ResultRow
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import MemberRow
from server.accounts.schemas import Access, MemberRole
from server.auth.passkeys.models import PasskeyRow


async def find_owner(session: AsyncSession, access: Access) -> MemberRow:
    """Return the member who asks."""
    query = select(MemberRow).where(MemberRow.organisation_id == access.organisation, MemberRow.id == access.subject)
    return (await session.scalars(query)).one()


async def list_passkeys(session: AsyncSession, access: Access) -> Sequence[PasskeyRow]:
    """Return the caller's own passkeys, oldest first."""
    query = select(PasskeyRow).where(
        PasskeyRow.organisation_id == access.organisation, PasskeyRow.member_id == access.subject
    )
    return (await session.scalars(query.order_by(PasskeyRow.id))).all()


async def has_passkey(session: AsyncSession, organisation: UUID, member: UUID) -> bool:
    """Whether a member has a passkey."""
    query = select(PasskeyRow.id).where(PasskeyRow.organisation_id == organisation, PasskeyRow.member_id == member)
    return await session.scalar(query.limit(1)) is not None


async def lock_passkey(
    session: AsyncSession, organisation: UUID, member: UUID, credential_hash: bytes
) -> ResultRow[PasskeyRow, MemberRole] | None:
    """Return (passkey, its owner's present role) of an active member, locked: two uses of one counter must queue."""
    owner = (MemberRow.organisation_id == PasskeyRow.organisation_id) & (MemberRow.id == PasskeyRow.member_id)
    query = (
        select(PasskeyRow, MemberRow.role)
        .join(MemberRow, owner)
        .where(
            PasskeyRow.organisation_id == organisation,
            PasskeyRow.credential_hash == credential_hash,
            PasskeyRow.member_id == member,
            MemberRow.ended_at.is_(None),
        )
        .with_for_update(of=PasskeyRow)
    )
    return (await session.execute(query)).one_or_none()


async def add_passkey(session: AsyncSession, access: Access, row: PasskeyRow) -> bool:
    """Store a passkey of the caller; False when somebody of their clinic has this credential, also at this moment."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {column.key: getattr(row, column.key) for column in PasskeyRow.__table__.columns}
    whose = {"organisation_id": access.organisation, "member_id": access.subject}
    added = insert(PasskeyRow).values({**values, **whose}).on_conflict_do_nothing().returning(PasskeyRow.id)
    return await session.scalar(added) is not None


async def delete_passkey(session: AsyncSession, access: Access, passkey: UUID) -> bool:
    """Delete one of the caller's own passkeys; False when there is none."""
    query = delete(PasskeyRow).where(
        PasskeyRow.organisation_id == access.organisation,
        PasskeyRow.member_id == access.subject,
        PasskeyRow.id == passkey,
    )
    return await session.scalar(query.returning(PasskeyRow.id)) is not None
