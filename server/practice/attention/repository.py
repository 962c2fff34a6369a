"""What signals are computed from, for several clients at once. Every function takes the caller's `Access`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import Access
from server.care.models import SessionRow
from server.practice.attention.models import AcknowledgedSignalRow, SignalSettingsRow
from server.practice.models import CheckInRow, CompletionRow, VoidRow

Ledger = type[CompletionRow] | type[CheckInRow]


async def first_dates(
    session: AsyncSession, access: Access, clients: Collection[UUID], since: datetime
) -> dict[UUID, date]:
    """Return the earliest practice date of what arrived since an instant, for each client of whom anything did."""
    found: dict[UUID, date] = {}
    tables: tuple[Ledger, ...] = (CompletionRow, CheckInRow)
    for row in tables:
        query = (
            select(row.client_id, func.min(row.practice_date))
            .where(row.organisation_id == access.organisation, row.client_id.in_(clients), row.received_at >= since)
            .group_by(row.client_id)
        )
        for client, first in await session.execute(query):
            found[client] = min(first, found.get(client, first))
    return found


async def list_practices(session: AsyncSession, access: Access, firsts: Mapping[UUID, date]) -> Sequence[CompletionRow]:
    """Return each client's practices from a date of their own on, but those taken back."""
    query = select(CompletionRow).where(*_live(CompletionRow, access, firsts))
    return (await session.scalars(query)).all()


async def list_calls(session: AsyncSession, access: Access, firsts: Mapping[UUID, date]) -> Sequence[CheckInRow]:
    """Return each client's check-ins in which "I am not OK" was tapped, from a date of their own on."""
    query = select(CheckInRow).where(*_live(CheckInRow, access, firsts), CheckInRow.not_ok)
    return (await session.scalars(query)).all()


async def list_held(session: AsyncSession, access: Access, clients: Collection[UUID]) -> Sequence[SessionRow]:
    """Return the dosing sessions of these clients that were held."""
    query = select(SessionRow).where(
        SessionRow.organisation_id == access.organisation,
        SessionRow.client_id.in_(clients),
        SessionRow.kind == "dosing",
        SessionRow.status == "held",
    )
    return (await session.scalars(query)).all()


async def list_settings(
    session: AsyncSession, access: Access, clients: Collection[UUID]
) -> dict[UUID, SignalSettingsRow]:
    """Return what was set for these clients."""
    query = select(SignalSettingsRow).where(
        SignalSettingsRow.organisation_id == access.organisation, SignalSettingsRow.client_id.in_(clients)
    )
    return {row.client_id: row for row in await session.scalars(query)}


async def list_acknowledged(
    session: AsyncSession, access: Access, clients: Collection[UUID]
) -> dict[UUID, AcknowledgedSignalRow]:
    """Return what was acknowledged of these clients, by signal."""
    query = select(AcknowledgedSignalRow).where(
        AcknowledgedSignalRow.organisation_id == access.organisation, AcknowledgedSignalRow.client_id.in_(clients)
    )
    return {row.id: row for row in await session.scalars(query)}


async def find_acknowledged(
    session: AsyncSession, access: Access, client: UUID, signal: UUID
) -> AcknowledgedSignalRow | None:
    """Return who acknowledged a signal of a client."""
    return await session.get(AcknowledgedSignalRow, (access.organisation, client, signal))


def _live(row: Ledger, access: Access, firsts: Mapping[UUID, date]) -> tuple[ColumnElement[bool], ...]:
    wanted = or_(*(and_(row.client_id == client, row.practice_date >= first) for client, first in firsts.items()))
    taken_back = select(VoidRow.completion_id).where(
        VoidRow.organisation_id == access.organisation,
        VoidRow.client_id == row.client_id,
        VoidRow.completion_id == row.id,
    )
    return row.organisation_id == access.organisation, wanted, ~taken_back.exists()
