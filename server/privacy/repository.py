"""Reads and writes of everything a client has, table by table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import ClientRow, SyncHeadRow
from server.accounts.sharing.models import SupportPersonRow
from server.auth.models import SignInRow
from server.care.models import AssignmentRow, PracticeSetRow
from server.db.base import Row
from server.privacy.tables import KEPT, SETS, client_tables, owner_column


async def read_rows(session: AsyncSession, organisation: UUID, client: UUID, table: Table) -> Sequence[RowMapping]:
    """Return a client's rows of a table by primary key; of the practice sets, the versions assigned to the client."""
    query = select(table).where(table.c.organisation_id == organisation).order_by(*table.primary_key)
    if table.name != SETS:
        return (await session.execute(query.where(owner_column(table) == client))).mappings().all()
    assigned = select(AssignmentRow.set_id, AssignmentRow.set_version).where(
        AssignmentRow.organisation_id == organisation, AssignmentRow.client_id == client
    )
    pinned = tuple_(PracticeSetRow.id, PracticeSetRow.version).in_(assigned)
    return (await session.execute(query.where(pinned))).mappings().all()


async def add_rows(session: AsyncSession, organisation: UUID, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of one organisation to a table."""
    if rows:
        await session.execute(insert(table), [{**row, "organisation_id": organisation} for row in rows])


async def list_versions(session: AsyncSession, organisation: UUID, practice_set: UUID) -> Sequence[PracticeSetRow]:
    """Return every version the clinic has of a practice set."""
    query = select(PracticeSetRow).where(
        PracticeSetRow.organisation_id == organisation, PracticeSetRow.id == practice_set
    )
    return (await session.scalars(query)).all()


async def find_client(session: AsyncSession, organisation: UUID, client: UUID) -> ClientRow | None:
    """Return a client, whoever cares for them."""
    return await session.get(ClientRow, (organisation, client))


async def lock_client(session: AsyncSession, organisation: UUID, client: UUID) -> ClientRow | None:
    """Return a client; until the end of this transaction nobody else adds anything to them.

    The scope's head comes first, as in every write of the scope: otherwise two could wait for each other.
    """
    await session.get(SyncHeadRow, (organisation, client), with_for_update=True)
    return await session.get(ClientRow, (organisation, client), with_for_update=True)


async def list_support_persons(session: AsyncSession, organisation: UUID, client: UUID) -> Sequence[UUID]:
    """Return everybody who ever supported a client."""
    query = select(SupportPersonRow.id).where(
        SupportPersonRow.organisation_id == organisation, SupportPersonRow.client_id == client
    )
    return (await session.scalars(query)).all()


async def list_present(session: AsyncSession, organisation: UUID, clients: Sequence[UUID]) -> Sequence[UUID]:
    """Return which of these clients there are."""
    query = select(ClientRow.id).where(ClientRow.organisation_id == organisation)
    return sorted(set(clients).intersection(await session.scalars(query)))


async def delete_client(session: AsyncSession, organisation: UUID, client: UUID) -> None:
    """Delete all rows of a client but what the audit says, and end their sign-ins where they are."""
    for table in reversed(list(client_tables())):
        if table.name not in KEPT:
            await session.execute(
                delete(table).where(table.c.organisation_id == organisation, owner_column(table) == client)
            )


async def end_sign_ins(session: AsyncSession, organisation: UUID, subjects: Sequence[UUID], now: datetime) -> None:
    """End the sign-ins of these people; the rows stay a while, so that a phone is told why."""
    await session.execute(
        update(SignInRow)
        .where(
            SignInRow.organisation_id == organisation, SignInRow.subject_id.in_(subjects), SignInRow.ended_at.is_(None)
        )
        .values(ended_at=now)
    )


async def count_older(
    session: AsyncSession, organisation: UUID, table: str, columns: Sequence[str], before: datetime
) -> int:
    """Return how many rows of a table have one of these instants before another."""
    there = Row.metadata.tables[table]
    query = select(func.count()).select_from(there).where(_older(there, organisation, columns, before))
    return await session.scalar(query) or 0


async def delete_older(
    session: AsyncSession, organisation: UUID, table: str, columns: Sequence[str], before: datetime
) -> int:
    """Delete what `count_older` counts, and return how many there were."""
    there = Row.metadata.tables[table]
    count = await count_older(session, organisation, table, columns, before)
    await session.execute(delete(there).where(_older(there, organisation, columns, before)))
    return count


def _older(table: Table, organisation: UUID, columns: Sequence[str], before: datetime) -> ColumnElement[bool]:
    return and_(table.c.organisation_id == organisation, or_(*(table.c[name] < before for name in columns)))
