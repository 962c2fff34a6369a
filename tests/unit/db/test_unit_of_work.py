import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool
from support.clinic import NOON, Clinic, Person

from server.accounts import service
from server.accounts.models import OrganisationRow
from server.auth import families, pairing
from server.db.engine import Sessions
from server.db.unit import unit_of_work
from server.kit.errors import Conflict, Problem, Unavailable
from server.kit.ids import new_id


class Kept(Problem):
    keeps_writes = True


def row(handle: str = "new") -> OrganisationRow:
    return OrganisationRow(
        id=new_id(), handle=handle, name=handle, demo=False, needs_second_factor=False, created_at=NOON
    )


async def write(sessions: Sessions, error: BaseException, *rows: OrganisationRow) -> None:
    async with unit_of_work(sessions, writes=True) as session:
        session.add_all(rows)
        if not isinstance(error, Kept):
            await session.flush()
        raise error


async def count(sessions: Sessions) -> int:
    async with unit_of_work(sessions, writes=False) as session:
        return await session.scalar(select(func.count()).select_from(OrganisationRow)) or 0


def checked_out(sessions: Any) -> int:
    pool = sessions.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def test_what_is_written_is_there_when_the_block_has_ended(clinic: Clinic) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        session.add(row())
    assert await count(clinic.sessions) == 1
    assert checked_out(clinic.sessions) == 0


@pytest.mark.parametrize("error", [Conflict(), ValueError(), KeyboardInterrupt(), asyncio.CancelledError()])
async def test_any_exception_takes_everything_back(clinic: Clinic, error: BaseException) -> None:
    with pytest.raises(type(error)):
        await write(clinic.sessions, error, row())
    assert await count(clinic.sessions) == 0
    assert checked_out(clinic.sessions) == 0


async def test_a_problem_that_keeps_writes_commits_and_is_raised_on(clinic: Clinic) -> None:
    with pytest.raises(Kept):
        await write(clinic.sessions, Kept(), row())
    assert await count(clinic.sessions) == 1
    assert checked_out(clinic.sessions) == 0


async def test_writes_that_cannot_be_kept_are_no_success(clinic: Clinic) -> None:
    with pytest.raises(IntegrityError):
        await write(clinic.sessions, Kept(), row(), row())
    assert await count(clinic.sessions) == 0
    assert checked_out(clinic.sessions) == 0


async def test_a_task_that_is_cancelled_leaves_nothing_behind(clinic: Clinic) -> None:
    written = asyncio.Event()

    async def write_slowly() -> None:
        async with unit_of_work(clinic.sessions, writes=True) as session:
            session.add(row())
            await session.flush()
            written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write_slowly())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(clinic.sessions) == 0
    assert checked_out(clinic.sessions) == 0


async def test_who_finds_no_connection_is_told_to_come_back(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    pool: Any = clinic.sessions.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    held = [clinic.sessions(writes=False) for _ in range(15)]
    for each in held:
        await each.connection()
    with pytest.raises(Unavailable) as refused:
        async with unit_of_work(clinic.sessions, writes=False):
            pass
    assert refused.value.headers == {"Retry-After": "1"}
    for each in held:
        await each.close()
    assert await count(clinic.sessions) == 0


async def test_a_handler_that_fails_leaks_no_connection(
    clinic: Clinic, theo: Person, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_given: Any) -> None:
        raise RuntimeError("CANARY")

    monkeypatch.setattr(service, "list_clients", fail)
    monkeypatch.setattr(families, "sign_out", fail)
    monkeypatch.setattr(pairing, "pair", fail)
    for _ in range(20):
        assert (await theo.ask("GET", "/v1/clients")).status_code == 500
        assert (await ana.ask("POST", "/v1/auth/sign-out")).status_code == 500
        assert (await clinic.http.post("/v1/auth/pair", json={"code": "AAAAA-AAAAA", "zone": "UTC"})).status_code == 500
        assert (await clinic.http.get("/v1/me")).status_code == 401
        assert (await theo.ask("GET", "/v1/me")).status_code == 403
        assert (await theo.ask("POST", "/v1/practice-sets", json={})).status_code == 400
    assert checked_out(clinic.app.app.state.sessions) == 0


async def test_a_cancelled_request_is_taken_back_and_leaks_no_connection(
    clinic: Clinic, theo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def hang(*_given: Any) -> None:
        reached.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(service, "read_client", hang)
    task = asyncio.create_task(theo.ask("POST", "/v1/clients", json={"name": "Ana", "zone": "UTC"}))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert checked_out(clinic.app.app.state.sessions) == 0
    assert await theo.get("/v1/clients") == {"items": []}


async def test_a_commit_that_fails_is_answered_as_a_failure(
    clinic: Clinic, theo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def add_nonsense(work: Any, _data: Any) -> None:
        work.session.add_all([row("twice"), row("twice")])

    monkeypatch.setattr(service, "add_client", add_nonsense)
    answer = await theo.ask("POST", "/v1/clients", json={"name": "Ana", "zone": "UTC"})
    assert answer.status_code == 500
    assert "twice" not in answer.text
    assert checked_out(clinic.app.app.state.sessions) == 0
