import asyncio
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from support.clinic import NOON
from support.postgres import SUPERUSER, as_role

from server.accounts.models import OrganisationRow
from server.db.engine import Sessions, create_engine
from server.kit.ids import new_id
from server.settings import database_url
from server.vault.models import DataKeyRow


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Sessions:
    path = tmp_path / "groundwork.db"
    path.write_bytes(sqlite_template.read_bytes())
    return Sessions(create_engine(database_url(str(path))))


@pytest.fixture
def either(database: str) -> Sessions:
    return Sessions(create_engine(database_url(as_role(database, SUPERUSER))))


def clinic_row(handle: str) -> OrganisationRow:
    return OrganisationRow(
        id=new_id(), handle=handle, name=handle, demo=False, needs_second_factor=False, created_at=NOON
    )


async def test_every_connection_to_sqlite_is_durable_and_strict(sqlite: Sessions) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    async with sqlite(writes=True) as first, sqlite(writes=False) as second, sqlite(writes=False) as third:
        for session in (first, second, third):
            found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in wanted}
            assert found == wanted
    await sqlite.engine.dispose()


async def test_a_writer_takes_the_lock_when_it_begins_and_a_reader_never(sqlite: Sessions) -> None:
    async with sqlite(writes=True) as writer, sqlite(writes=False) as reader:
        await writer.connection()
        assert await reader.scalar(text("SELECT count(*) FROM clients")) == 0
        async with sqlite(writes=False) as late:
            await late.execute(text("PRAGMA busy_timeout=0"))
            late.add(clinic_row("late"))
            with pytest.raises(OperationalError, match="database is locked"):
                await late.flush()
            await late.rollback()
    await sqlite.engine.dispose()


async def test_a_reader_sees_one_state_for_all_of_its_transaction(sqlite: Sessions) -> None:
    count = text("SELECT count(*) FROM organisations")
    async with sqlite(writes=False) as reader:
        assert await reader.scalar(count) == 0
        async with sqlite(writes=True) as writer:
            writer.add(clinic_row("new"))
            await writer.commit()
        assert await reader.scalar(count) == 0
        await reader.rollback()
        assert await reader.scalar(count) == 1
    await sqlite.engine.dispose()


async def test_two_who_read_and_then_write_queue_instead_of_failing(either: Sessions) -> None:
    async def add(number: int) -> None:
        async with either(writes=True) as session:
            await session.scalar(text("SELECT count(*) FROM organisations"))
            await asyncio.sleep(0.01)
            session.add(clinic_row(f"clinic-{number}"))
            await session.commit()

    await asyncio.gather(*(add(number) for number in range(6)))
    async with either(writes=False) as session:
        assert await session.scalar(text("SELECT count(*) FROM organisations")) == 6
    await either.engine.dispose()


async def test_a_row_without_its_organisation_is_refused(either: Sessions) -> None:
    row = DataKeyRow(organisation_id=new_id(), owner_id=new_id(), version=1, wrapped=b"", made_at=NOON)
    async with either(writes=True) as session:
        session.add(row)
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()
    await either.engine.dispose()


async def test_errors_of_a_statement_hide_its_parameters(either: Sessions) -> None:
    async with either(writes=True) as session:
        session.add_all([clinic_row("canary"), clinic_row("canary")])
        with pytest.raises(IntegrityError) as refused:
            await session.flush()
        await session.rollback()
    assert "[SQL parameters hidden" in str(refused.value)
    assert "'canary'" not in str(refused.value)
    await either.engine.dispose()


async def test_a_statement_makes_one_journey_to_the_thread_of_its_connection(sqlite: Sessions) -> None:
    journeys = 0

    class Counted(SimpleQueue):  # type: ignore[type-arg] # the driver puts what it likes into it
        def put_nowait(self, item: Any) -> None:
            nonlocal journeys
            journeys += 1
            super().put_nowait(item)

    with patch("aiosqlite.core.SimpleQueue", Counted):
        async with sqlite(writes=True) as session:
            await session.execute(text("SELECT 1"))
            before = journeys
            assert (await session.scalars(text("SELECT 1 UNION SELECT 2"))).all() == [1, 2]
            assert journeys == before + 1
            await session.execute(text("DELETE FROM organisations"))
            assert journeys == before + 2
    await sqlite.close()
