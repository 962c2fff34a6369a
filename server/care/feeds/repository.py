"""Reads and writes of calendar feeds, and of when the plan they tell was last changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import RevisionRow
from server.accounts.schemas import Access
from server.care.feeds.models import CalendarFeedRow


async def find_feed(session: AsyncSession, organisation: UUID, feed: UUID) -> CalendarFeedRow | None:
    """Return a feed by its id, whosever it is: who asks is known by its secret alone."""
    return await session.get(CalendarFeedRow, (organisation, feed))


async def list_feeds(session: AsyncSession, access: Access) -> Sequence[CalendarFeedRow]:
    """Return the caller's feeds, the newest first."""
    query = select(CalendarFeedRow).where(
        CalendarFeedRow.organisation_id == access.organisation, CalendarFeedRow.client_id == access.subject
    )
    return (await session.scalars(query.order_by(CalendarFeedRow.made_at.desc(), CalendarFeedRow.id.desc()))).all()


async def delete_feed(session: AsyncSession, access: Access, feed: UUID) -> bool:
    """Delete one of the caller's feeds; False when they have none of this id."""
    query = delete(CalendarFeedRow).where(
        CalendarFeedRow.organisation_id == access.organisation,
        CalendarFeedRow.client_id == access.subject,
        CalendarFeedRow.id == feed,
    )
    return await session.scalar(query.returning(CalendarFeedRow.id)) is not None


async def list_changes(session: AsyncSession, access: Access) -> dict[UUID, datetime]:
    """Return when each treatment session and assignment of the caller was last changed."""
    query = (
        select(RevisionRow.item_id, func.max(RevisionRow.at))
        .where(
            RevisionRow.organisation_id == access.organisation,
            RevisionRow.client_id == access.subject,
            RevisionRow.kind.in_(("session", "assignment")),
        )
        .group_by(RevisionRow.item_id)
    )
    return dict((await session.execute(query)).all())
