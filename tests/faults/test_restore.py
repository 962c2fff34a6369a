"""Restore any backup, let the phones sync: every acknowledged practice is back, once (`promises.md` P8)."""

import random
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from support.clinic import KEYS, NOON, Clinic, Person, completion, moved, settings_of
from support.copies import copied, groundwork, reading
from support.phone import Phone
from support.phone_store import Store

from server.db.unit import unit_of_work
from server.practice.models import CompletionRow, VoidRow
from server.web.edge import Edge

PHONES, EACH = 2, 12


async def no_wait(_seconds: float) -> None:
    pass


def phone_of(http: httpx.AsyncClient, paired: Person) -> Phone:
    return Phone(http, wait=no_wait, dice=random.Random(0), store=Store(tokens=paired.tokens))  # noqa: S311 - nothing secret


async def practise(phone: Phone, times: int) -> None:
    """Practise and take every fourth practice back; everything is acknowledged."""
    for number in range(times):
        item = completion(NOON)
        phone.write(item)
        if number % 4 == 3:
            phone.write({"id": item["id"], "op": "void", "type": "completion"})
        await phone.sync()
    assert phone.store.queue == {}


async def kept(database: str, client: str) -> tuple[set[str], set[str]]:
    """Return the ids of a client's practices, and of those taken back."""
    async with reading(database) as sessions, unit_of_work(sessions, writes=False) as session:
        rows = await session.scalars(select(CompletionRow.id).where(CompletionRow.client_id == UUID(client)))
        voids = await session.scalars(select(VoidRow.completion_id).where(VoidRow.client_id == UUID(client)))
        return {str(each) for each in rows}, {str(each) for each in voids}


async def lost_by_a_restore(
    clinic: Clinic, theo: Person, database: str, folder: Path, application: Edge
) -> tuple[set[str], list[Phone]]:
    """Back up, write on, restore, let the phones sync; return which acknowledged practices are not back."""
    ana = await clinic.phone(theo, "Ana")
    phones = [
        phone_of(clinic.http, each) for each in (ana, *[await clinic.pair(theo, ana.id) for _ in range(PHONES - 1)])
    ]
    for phone in phones:
        await practise(phone, EACH)
    async with AsyncExitStack() as stack:
        backup = await stack.enter_async_context(copied(database, folder))
        for phone in phones:
            await practise(phone, EACH)
        await restart(clinic, application, backup, folder)
        for phone in (*phones, *phones):
            await phone.sync()
        rows, voids = await kept(backup, ana.id)
        await application.app.state.sessions.engine.dispose()
    acknowledged = {key for phone in phones for key, op in phone.store.acknowledged if op == "put"}
    taken_back = {key for phone in phones for key, op in phone.store.acknowledged if op == "void"}
    assert rows - acknowledged == set(), "a practice that nobody wrote"
    return (acknowledged - taken_back - (rows - voids)) | (taken_back - voids), phones


async def restart(clinic: Clinic, application: Edge, backup: str, folder: Path) -> None:
    """Do as docs/operations.md says: a new epoch, then start on the backup."""
    environ = {"GROUNDWORK_DATABASE_URL": backup, "GROUNDWORK_DATA": str(folder), "GROUNDWORK_KEYS": KEYS}
    begun = await groundwork("new-epoch", **environ)
    assert begun.exit_code == 0, begun.output
    await application.app.state.sessions.engine.dispose()
    moved(application, settings_of(backup, folder), clinic.clock)


async def test_every_acknowledged_practice_is_back_once(
    clinic: Clinic, theo: Person, database: str, tmp_path: Path, application: Edge
) -> None:
    lost, phones = await lost_by_a_restore(clinic, theo, database, tmp_path, application)
    assert lost == set()
    assert [phone.store.copy.rows for phone in phones[1:]] == [phones[0].store.copy.rows], "both hold the same"
    assert len(phones[0].store.copy.rows) > 4 * EACH


async def test_phones_that_do_not_offer_again_would_leave_a_hole(
    clinic: Clinic, theo: Person, database: str, tmp_path: Path, application: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "offer_again", lambda _: False)
    lost, _ = await lost_by_a_restore(clinic, theo, database, tmp_path, application)
    assert len(lost) == PHONES * EACH
