"""Reads and writes of the plan. Every function takes the caller's `Access`."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Row as ResultRow
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.care.models import AssignmentRow, PracticeSetRow, SessionRow


async def list_sessions(session: AsyncSession, access: Access, client: UUID) -> Sequence[SessionRow]:
    """Return a client's treatment sessions, oldest first."""
    query = select(SessionRow).where(SessionRow.organisation_id == access.organisation, SessionRow.client_id == client)
    return (await session.scalars(query.order_by(SessionRow.starts_at, SessionRow.id))).all()


async def lock_session(session: AsyncSession, access: Access, client: UUID, key: UUID) -> SessionRow | None:
    """Return one treatment session, locked: its revision must not move between the check and the write."""
    return await session.get(SessionRow, (access.organisation, client, key), with_for_update=True)


async def list_sets(session: AsyncSession, access: Access) -> Sequence[PracticeSetRow]:
    """Return the newest version of each of the organisation's practice sets, the oldest first."""
    newest = (
        select(PracticeSetRow.id, func.max(PracticeSetRow.version).label("version"))
        .where(PracticeSetRow.organisation_id == access.organisation)
        .group_by(PracticeSetRow.id)
        .subquery()
    )
    query = (
        select(PracticeSetRow)
        .join(newest, (PracticeSetRow.id == newest.c.id) & (PracticeSetRow.version == newest.c.version))
        .where(PracticeSetRow.organisation_id == access.organisation)
        .order_by(PracticeSetRow.id)
    )
    return (await session.scalars(query)).all()


async def find_set(session: AsyncSession, access: Access, key: UUID, version: int | None) -> PracticeSetRow | None:
    """Return a version of a practice set, the newest when none is named."""
    query = select(PracticeSetRow).where(
        PracticeSetRow.organisation_id == access.organisation, PracticeSetRow.id == key
    )
    if version is not None:
        query = query.where(PracticeSetRow.version == version)
    return await session.scalar(query.order_by(PracticeSetRow.version.desc()).limit(1))


async def hold_set(session: AsyncSession, access: Access, key: UUID) -> bool:
    """Whether there is such a practice set; nobody else makes a version of it until this transaction ends."""
    query = select(PracticeSetRow.version).where(
        PracticeSetRow.organisation_id == access.organisation, PracticeSetRow.id == key
    )
    # The oldest version never changes and is never gone, so all writers meet at it.
    oldest = query.order_by(PracticeSetRow.version).limit(1)
    return await session.scalar(oldest.with_for_update()) is not None


async def lock_assignment(session: AsyncSession, access: Access, client: UUID, key: UUID) -> AssignmentRow | None:
    """Return one assignment, locked: its revision must not move between the check and the write."""
    return await session.get(AssignmentRow, (access.organisation, client, key), with_for_update=True)


async def list_assignments(
    session: AsyncSession, access: Access, client: UUID
) -> Sequence[ResultRow[AssignmentRow, PracticeSetRow]]:
    """Return a client's assignments with the set version each pins, oldest first."""
    query = (
        select(AssignmentRow, PracticeSetRow)
        .join(
            PracticeSetRow,
            (PracticeSetRow.organisation_id == AssignmentRow.organisation_id)
            & (PracticeSetRow.id == AssignmentRow.set_id)
            & (PracticeSetRow.version == AssignmentRow.set_version),
        )
        .where(AssignmentRow.organisation_id == access.organisation, AssignmentRow.client_id == client)
        .order_by(AssignmentRow.from_date, AssignmentRow.id)
    )
    return (await session.execute(query)).all()


async def list_pinned_sets(
    session: AsyncSession, access: Access, keys: Iterable[tuple[UUID, int]]
) -> dict[tuple[UUID, int], PracticeSetRow]:
    """Return these versions of practice sets."""
    query = select(PracticeSetRow).where(
        PracticeSetRow.organisation_id == access.organisation,
        tuple_(PracticeSetRow.id, PracticeSetRow.version).in_(list(keys)),
    )
    return {(row.id, row.version): row for row in await session.scalars(query)}
