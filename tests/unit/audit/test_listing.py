from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
import pytest
from support.audited import ANA, THEO, Audited, open_audited, read_of
from support.clinic import NOON

from server.audit.schemas import Entry
from server.audit.service import list_entries, list_reads

MARA = UUID(int=9)


@pytest.fixture
async def audited(database: str) -> AsyncIterator[Audited]:
    async with open_audited(database) as audited:
        await audited.record(read_of(ANA), read_of(MARA), read_of(ANA, action="readReport"), read_of(None))
        await (await audited.neighbour()).record(read_of(ANA))
        yield audited


async def test_a_client_s_readers_are_listed_newest_first(audited: Audited) -> None:
    async with audited.session() as session:
        newest, oldest = await list_reads(session, audited.organisation, ANA, None, 10)
        assert [newest.number, newest.action, oldest.number, oldest.client_id] == [3, "readReport", 1, ANA]
        assert await list_reads(session, audited.organisation, UUID(int=10), None, 10) == []


async def test_a_clinic_s_entries_are_paged_by_number(audited: Audited) -> None:
    async with audited.session() as session:
        first = await list_entries(session, audited.organisation, None, 3)
        rest = await list_entries(session, audited.organisation, first[-1].number, 3)
    assert [entry.number for entry in (*first, *rest)] == [4, 3, 2, 1]


async def test_a_client_s_readers_are_paged_by_number(audited: Audited) -> None:
    async with audited.session() as session:
        pages = [await list_reads(session, audited.organisation, ANA, before, 1) for before in (None, 3, 1)]
    assert [[entry.number for entry in page] for page in pages] == [[3], [1], []]


async def test_what_an_entry_does_not_have_is_absent(audited: Audited) -> None:
    await audited.record(Entry(at=NOON, actor=None, role="operator", action="erase"))
    async with audited.session() as session:
        bare, full = await list_entries(session, audited.organisation, None, 2)
    common = {"at": "2026-06-01T12:00:00Z"}
    assert msgspec.to_builtins(bare) == {**common, "number": 5, "actor_role": "operator", "action": "erase"}
    told = {"number": 4, "actor_role": "therapist", "action": "readClient", "actor_id": str(THEO)}
    assert msgspec.to_builtins(full) == {**common, **told}
