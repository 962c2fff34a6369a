from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Dialect, Integer, MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as postgresql
from sqlalchemy.dialects.sqlite import dialect as sqlite
from sqlalchemy.exc import StatementError
from support.postgres import SUPERUSER, as_role

from server.db.base import Document, Instant
from server.db.engine import create_engine
from server.settings import database_url


class Shell(msgspec.Struct, frozen=True, kw_only=True, tag="shell"):
    rings: int


class Stone(msgspec.Struct, frozen=True, kw_only=True, tag="stone"):
    grams: float
    found: datetime


Found = tuple[Shell | Stone, ...]
DIALECTS: list[Dialect] = [sqlite(), postgresql()]  # type: ignore[no-untyped-call]  # SQLAlchemy annotates only one
NOON = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEPT: Found = (Shell(rings=3), Stone(grams=1.5, found=NOON), Shell(rings=-1))
THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant()),
    Column("what", Document(Found)),
)


async def kept(database: str, *values: dict[str, Any]) -> list[Any]:
    engine = create_engine(database_url(as_role(database, SUPERUSER)))
    try:
        async with engine.execution_options(writes=True).begin() as connection:
            await connection.run_sync(THINGS.create)
            await connection.execute(insert(THINGS), list(values))
            rows = (await connection.execute(select(THINGS.c.at, THINGS.c.what).order_by(THINGS.c.id))).all()
            return [tuple(row) for row in rows]
    finally:
        await engine.dispose()


async def test_instants_and_documents_come_back_as_they_went(database: str) -> None:
    west = NOON.astimezone(timezone(timedelta(hours=-7)))
    rows = await kept(database, {"id": 1, "at": west, "what": KEPT}, {"id": 2, "at": None, "what": None})
    assert rows == [(NOON, KEPT), (None, None)]
    assert rows[0][0].utcoffset() == timedelta(0)


async def test_an_instant_without_a_zone_is_refused(database: str) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await kept(database, {"id": 1, "at": datetime(2026, 6, 1), "what": KEPT})  # noqa: DTZ001 - the very fault


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES))  # noqa: DTZ001 - the zones follow
def test_every_instant_is_stored_in_utc(at: datetime) -> None:
    for dialect in DIALECTS:
        stored = Instant().process_bind_param(at, dialect)
        assert stored == at
        assert stored.tzinfo is UTC
        assert Instant().process_result_value(stored.replace(tzinfo=None), dialect) == at


@given(st.lists(st.builds(Shell, rings=st.integers(-(2**60), 2**60))))
def test_every_document_reads_back(shells: list[Shell]) -> None:
    kind: Document[Found] = Document(Found)
    written = kind.process_bind_param(tuple(shells), DIALECTS[0])
    assert kind.process_result_value(written, DIALECTS[0]) == tuple(shells)


def test_a_document_of_another_shape_is_refused_when_it_is_read() -> None:
    kind: Document[Found] = Document(Found)
    with pytest.raises(msgspec.ValidationError):
        kind.process_result_value('[{"type": "shell", "rings": "three"}]', DIALECTS[0])
