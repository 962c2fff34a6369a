"""Reads and writes of recordings. Every function takes the caller's `Access`, or the organisation for its own work."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import CareRelationRow, MemberRow
from server.accounts.schemas import Access
from server.care.recordings.models import RecordingRow


async def list_made(session: AsyncSession, access: Access) -> Sequence[RecordingRow]:
    """Return the recordings of a member, the newest first."""
    query = _made(access).order_by(RecordingRow.added_at.desc(), RecordingRow.id.desc())
    return (await session.scalars(query)).all()


async def find_made(
    session: AsyncSession, access: Access, recording: UUID, *, lock: bool = False
) -> RecordingRow | None:
    """Return a recording of a member; with `lock`, one request at a time changes it."""
    query = _made(access).where(RecordingRow.id == recording)
    return await session.scalar(query.with_for_update() if lock else query)


async def list_heard(session: AsyncSession, access: Access) -> Sequence[RecordingRow]:
    """Return what a client may hear now: what those have published who care for them."""
    return (await session.scalars(_heard(access).order_by(RecordingRow.published_at, RecordingRow.id))).all()


async def find_heard(session: AsyncSession, access: Access, recording: UUID) -> RecordingRow | None:
    """Return a recording that a client may hear now."""
    return await session.scalar(_heard(access).where(RecordingRow.id == recording))


async def find_any(
    session: AsyncSession, organisation: UUID, recording: UUID, *, lock: bool = False
) -> RecordingRow | None:
    """Return a recording, whosever it is, for the server's own work."""
    return await session.get(RecordingRow, (organisation, recording), with_for_update=lock or None)


async def list_left_behind(session: AsyncSession, organisation: UUID) -> Sequence[RecordingRow]:
    """Return the recordings of members who work here no longer."""
    query = select(RecordingRow).join(
        MemberRow,
        (MemberRow.organisation_id == RecordingRow.organisation_id) & (MemberRow.id == RecordingRow.member_id),
    )
    query = query.where(RecordingRow.organisation_id == organisation, MemberRow.ended_at.is_not(None))
    return (await session.scalars(query)).all()


def _made(access: Access) -> Select[RecordingRow]:
    return select(RecordingRow).where(
        RecordingRow.organisation_id == access.organisation, RecordingRow.member_id == access.subject
    )


def _heard(access: Access) -> Select[RecordingRow]:
    carers = select(CareRelationRow.member_id).where(
        CareRelationRow.organisation_id == access.organisation,
        CareRelationRow.client_id == access.subject,
        CareRelationRow.ended_at.is_(None),
    )
    return select(RecordingRow).where(
        RecordingRow.organisation_id == access.organisation,
        RecordingRow.published_at.is_not(None),
        RecordingRow.member_id.in_(carers),
    )
