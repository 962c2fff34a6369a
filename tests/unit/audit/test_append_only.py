from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from support.audited import ANA, Audited, open_audited, read_of

from server.audit.models import AuditRow


@pytest.fixture
async def audited(database: str) -> AsyncIterator[Audited]:
    async with open_audited(database) as audited:
        await audited.fill(3)
        yield audited


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'readReport' WHERE organisation_id = :mine AND number = 2",
        "UPDATE audit_entries SET number = 9 WHERE number = 3",
        "DELETE FROM audit_entries WHERE organisation_id = :mine AND number = 2",
        "DELETE FROM audit_entries",
    ],
)
async def test_the_database_refuses_to_change_or_delete_what_was_written(audited: Audited, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"The audit is append-only\."):
        await audited.run(statement)
    await is_whole(audited)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_entries",
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE number = 2",
        "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE number = 2",
    ],
)
async def test_no_other_way_leads_around_it(audited: Audited, statement: str) -> None:
    with pytest.raises(DBAPIError):
        await audited.run(statement)
    await is_whole(audited)


async def test_the_application_itself_cannot_even_try(audited: Audited) -> None:
    with pytest.raises(DBAPIError):
        async with audited.session(writes=True) as session:
            await session.execute(delete(AuditRow))
    await is_whole(audited)


async def is_whole(audited: Audited) -> None:
    verdict = await audited.verify()
    assert (verdict.entries, verdict.faults) == (3, ())


async def test_without_its_guards_the_database_would_not_refuse(audited: Audited) -> None:
    await audited.tamper("DELETE FROM audit_entries WHERE number = 2")
    assert (await audited.verify()).faults != ()


async def test_the_database_takes_what_is_new(audited: Audited) -> None:
    await audited.record(read_of(ANA))
    assert (await audited.verify()).entries == 4
