"""Reads of a client's scope in version order, each by an index on it. Every function takes the caller's `Access`."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, exists, literal, select, union_all
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
    session: AsyncSession, access: Access, client: UUID, tables: Sequence[type[Row]], span: Span, limit: int
) -> list[tuple[int, int]]:
    """Return the first versions of a span and in which of the tables each stands, in order: one query for all."""
    branches = [
        _versions(table, access, client, span).add_columns(literal(position, Integer).label("place")).limit(limit)
        for position, table in enumerate(tables)
    ]
    places = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    query = select(places.c.version, places.c.place).order_by(places.c.version).limit(limit)
    return [(version, place) for version, place in await session.execute(query)]


async def list_rows(session: AsyncSession, access: Access, client: UUID, table: type[T], span: Span) -> Sequence[T]:
    """Return the rows of a table with a version in a span, in order."""
    query = select(table).where(*_within(table, access, client, span)).order_by(table.__table__.c.version)
    # What this request has read before may be older than the version that is asked for.
    return (await session.scalars(query.options(undefer("*")).execution_options(populate_existing=True))).all()


async def which_are_check_ins(session: AsyncSession, access: Access, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these ids that are the caller's check-ins."""
    query = select(CheckInRow.id).where(
        CheckInRow.organisation_id == access.organisation,
        CheckInRow.client_id == access.subject,
        CheckInRow.id.in_(ids),
    )
    return set(await session.scalars(query))


def _versions(table: type[Row], access: Access, client: UUID, span: Span) -> Select[int]:
    version: ColumnElement[int] = table.__table__.c.version
    return select(version.label("version")).where(*_within(table, access, client, span)).order_by(version)


def _within(table: type[Row], access: Access, client: UUID, span: Span) -> list[ColumnElement[bool]]:
    columns = table.__table__.c
    owner = columns["client_id" if "client_id" in columns else "id"]
    within = [
        columns.organisation_id == access.organisation,
        owner == client,
        columns.version > span.after,
        columns.version <= span.upto,
    ]
    return [*within, ~_voided(columns)] if table in VOIDABLE else within


def _voided(columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Whether a fact was taken back: it then stands where its void stands."""
    return exists().where(
        VoidRow.organisation_id == columns.organisation_id,
        VoidRow.client_id == columns.client_id,
        VoidRow.completion_id == columns.id,
    )
