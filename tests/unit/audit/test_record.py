import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from support.audited import ANA, KEYS, Audited, open_audited, read_of

from server.audit.models import AuditHeadRow, AuditRow
from server.audit.schemas import Head
from server.audit.service import record


@pytest.fixture
async def audited(database: str) -> AsyncIterator[Audited]:
    async with open_audited(database) as audited:
        yield audited


async def count(audited: Audited) -> int:
    async with audited.session() as session:
        return await session.scalar(select(func.count()).select_from(AuditRow)) or 0


async def test_several_entries_follow_each_other_in_one_chain(audited: Audited) -> None:
    first = await audited.record(read_of(ANA))
    third = await audited.record(read_of(ANA), read_of(None, action="listClients"))
    assert [first and first.number, third and third.number] == [1, 3]
    verdict = await audited.verify(first)
    assert (verdict.entries, verdict.fitting, verdict.faults) == (3, 3, ())


async def test_the_head_that_is_returned_is_an_anchor(audited: Audited) -> None:
    heads = [await audited.record(read_of(ANA)) for _ in range(3)]
    assert all([(await audited.verify(head)).faults == () for head in heads])
    assert (await audited.verify(Head(number=2, mac=bytes(32)))).faults[0].number == 2


async def test_the_head_that_is_returned_does_not_tell_what_the_database_keeps(audited: Audited) -> None:
    head = await audited.record(read_of(ANA))
    async with audited.session() as session:
        assert head
        assert (await session.scalars(select(AuditRow.mac))).all() == [head.mac]
        assert (await session.scalars(select(AuditHeadRow.mac))).all() != [head.mac]


async def test_nothing_to_record_leaves_nothing(audited: Audited) -> None:
    assert await audited.record() is None
    verdict = await audited.verify()
    assert (verdict.entries, verdict.faults) == (0, ())


async def test_a_transaction_that_is_rolled_back_leaves_no_gap(audited: Audited) -> None:
    await audited.record(read_of(ANA))
    with pytest.raises(ZeroDivisionError):
        await _fail(audited)
    assert await count(audited) == 1
    await audited.record(read_of(ANA))
    verdict = await audited.verify()
    assert (verdict.entries, verdict.faults) == (2, ())


async def _fail(audited: Audited) -> None:
    async with audited.session(writes=True) as session:
        await record(session, KEYS, audited.organisation, read_of(ANA), read_of(ANA))
        raise ZeroDivisionError


async def test_eight_writers_at_once_leave_one_whole_chain(audited: Audited) -> None:
    async def write() -> list[Head | None]:
        return [await audited.record(read_of(ANA), read_of(ANA)) for _ in range(3)]

    written = await asyncio.gather(*(write() for _ in range(8)))
    assert sorted(head.number for heads in written for head in heads if head) == list(range(2, 49, 2))
    verdict = await audited.verify()
    assert (verdict.entries, verdict.faults) == (48, ())


async def test_a_walk_during_writes_finds_nothing_wrong(audited: Audited) -> None:
    await audited.fill(3)

    async def write() -> None:
        for _ in range(10):
            await audited.record(read_of(ANA))

    writing = asyncio.create_task(write())
    verdicts = [await audited.verify() for _ in range(10)]
    await writing
    assert [verdict.faults for verdict in verdicts] == [()] * 10


async def test_a_clinic_s_chain_is_its_own(audited: Audited) -> None:
    other = await audited.neighbour()
    await audited.fill(2)
    await other.fill(3)
    assert [(await each.verify()).entries for each in (audited, other)] == [2, 3]
    assert (await audited.verify()).faults == (await other.verify()).faults == ()


@pytest.mark.parametrize("entries", [1, 40])
async def test_any_number_of_entries_takes_three_statements(audited: Audited, entries: int) -> None:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement.split(maxsplit=1)[0])

    async with audited.session(writes=True) as session:
        event.listen(audited.sessions.engine.sync_engine, "before_cursor_execute", hear)
        await record(session, KEYS, audited.organisation, *[read_of(ANA)] * entries)
        event.remove(audited.sessions.engine.sync_engine, "before_cursor_execute", hear)
    assert said == ["INSERT", "INSERT", "UPDATE"]
