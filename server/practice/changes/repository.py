"""Reads of a client's scope in version order, each by an index on it. Every function takes the caller's `Access`."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from server.accounts.models import SyncHeadRow
from server.accounts.schemas import Access
from server.db.base import Row
from server.practice.models import CheckInRow, CompletionRow, VoidRow

T = TypeVar("T", bound=Row)

# Facts that a void takes back.
VOIDABLE = (CheckInRow, CompletionRow)


class Head(Struct, frozen=True, kw_only=True):
    """How far a scope is."""

    epoch: UUID
    version: int
    digest: int


class Span(Struct, frozen=True, kw_only=True):
    """The versions after one and up to another."""

    after: int
    upto: int


async def find_head(session: AsyncSession, access: Access, client: UUID) -> Head | None:
    """Return how far a client's scope is now; nobody waits for it."""
    query = select(SyncHeadRow.epoch, SyncHeadRow.version, SyncHeadRow.digest).where(
        SyncHeadRow.organisation_id == access.organisation, SyncHeadRow.client_id == client
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else Head(epoch=found.epoch, version=found.version, digest=found.digest)


async def list_places(
    session: AsyncSession, access: Access, client: UUID, tables: tuple[type[Row], ...], span: Span, limit: int
) -> list[tuple[int, int]]:
    """Return the first versions of a span and in which of the tables each stands, in order: one query for all."""
    found = await session.execute(_places(tables), {**_given(access, client, span), "most": limit})
    return [(version, place) for version, place in found]


async def list_rows(session: AsyncSession, access: Access, client: UUID, table: type[T], span: Span) -> Sequence[T]:
    """Return the rows of a table with a version in a span, in order."""
    rows: Sequence[T] = (await session.scalars(_rows(table), _given(access, client, span))).all()
    return rows


async def which_are_check_ins(session: AsyncSession, access: Access, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these ids that are the caller's check-ins."""
    query = select(CheckInRow.id).where(
        CheckInRow.organisation_id == access.organisation,
        CheckInRow.client_id == access.subject,
        CheckInRow.id.in_(ids),
    )
    return set(await session.scalars(query))


def _given(access: Access, client: UUID, span: Span) -> dict[str, Any]:
    return {"organisation": access.organisation, "client": client, "after": span.after, "upto": span.upto}


# Written once: to write this query anew for each pull took longer than to answer it.
@cache
def _places(tables: tuple[type[Row], ...]) -> Select[Any]:
    branches = [
        select(table.__table__.c.version, literal(position, Integer).label("place"))
        .where(*_within(table))
        .order_by(table.__table__.c.version)
        .limit(bindparam("most", type_=Integer))
        for position, table in enumerate(tables)
    ]
    places = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(places.c.version, places.c.place).order_by(places.c.version).limit(bindparam("most", type_=Integer))


@cache
def _rows(table: type[Row]) -> Select[Any]:
    query = select(table).where(*_within(table)).order_by(table.__table__.c.version).options(undefer("*"))
    # What this request has read before may be older than the version that is asked for.
    return query.execution_options(populate_existing=True)


def _within(table: type[Row]) -> list[ColumnElement[bool]]:
    columns = table.__table__.c
    owner = columns["client_id" if "client_id" in columns else "id"]
    within = [
        columns.organisation_id == bindparam("organisation", type_=columns.organisation_id.type),
        owner == bindparam("client", type_=owner.type),
        columns.version > bindparam("after", type_=columns.version.type),
        columns.version <= bindparam("upto", type_=columns.version.type),
    ]
    return [*within, ~_voided(columns)] if table in VOIDABLE else within


def _voided(columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Whether a fact was taken back: it then stands where its void stands."""
    return exists().where(
        VoidRow.organisation_id == columns.organisation_id,
        VoidRow.client_id == columns.client_id,
        VoidRow.completion_id == columns.id,
    )
