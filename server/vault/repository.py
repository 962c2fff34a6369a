from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.vault.models import DataKeyRow


async def list_keys(session: AsyncSession, organisation: UUID, owners: Collection[UUID]) -> Sequence[DataKeyRow]:
    """Return the keys of these owners, the newest of each last."""
    query = select(DataKeyRow).where(DataKeyRow.organisation_id == organisation, DataKeyRow.owner_id.in_(owners))
    return (await session.scalars(query.order_by(DataKeyRow.version))).all()


async def delete_keys(session: AsyncSession, organisation: UUID, owner: UUID) -> None:
    """Delete every key of an owner."""
    await session.execute(
        delete(DataKeyRow).where(DataKeyRow.organisation_id == organisation, DataKeyRow.owner_id == owner)
    )


async def lock_keys_of_others(
    session: AsyncSession, organisation: UUID, stamp: bytes, most: int
) -> Sequence[DataKeyRow]:
    """Return an organisation's keys that do not begin with this stamp, locked."""
    query = select(DataKeyRow).where(
        DataKeyRow.organisation_id == organisation, func.substr(DataKeyRow.wrapped, 1, len(stamp)) != stamp
    )
    return (await session.scalars(query.limit(most).with_for_update())).all()


async def has_stamped(session: AsyncSession, organisation: UUID, stamp: bytes) -> bool:
    """Whether any key of an organisation begins with this stamp."""
    query = select(DataKeyRow.owner_id).where(
        DataKeyRow.organisation_id == organisation, func.substr(DataKeyRow.wrapped, 1, len(stamp)) == stamp
    )
    return await session.scalar(query.limit(1)) is not None


async def stop_writers(session: AsyncSession) -> None:
    """Wait until nobody is about to add a key, and let nobody begin; on SQLite a writing session always has."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE data_keys IN SHARE MODE"))
