"""Being forgotten (`security.md`, Data; `promises.md` P22)."""

import asyncio
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Uuid, event, select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.living import erase, live, prove, support, tells

from server.db.base import Row
from server.db.unit import unit_of_work
from server.privacy.erasure import replay
from server.privacy.ledger import Ledger

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
KEPT_IDS = {("audit_entries", "actor_id"), ("audit_entries", "client_id"), ("sign_ins", "subject_id")}


async def named_in(clinic: Clinic, person: UUID) -> set[tuple[str, str]]:
    """Return every column of the database that holds somebody's id."""
    found = set()
    async with unit_of_work(clinic.sessions, writes=False) as session:
        for table in Row.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Uuid) and await session.scalar(
                    select(column).where(column == person).limit(1)
                ):
                    found.add((table.name, column.name))
    return found


async def test_erasing_oneself_leaves_ids_in_the_audit_and_ended_sign_ins_and_nothing_else(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    assert len(await named_in(clinic, UUID(ana.id))) > 12
    answer = await erase(ana)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await named_in(clinic, UUID(ana.id)) == KEPT_IDS
    assert (await theo.ask("GET", f"/v1/clients/{ana.id}")).status_code == 404
    assert (await theo.get("/v1/clients")) == {"items": []}


async def test_nobody_else_loses_anything(clinic: Clinic, theo: Person, ana: Person) -> None:
    mara = await clinic.phone(theo, "Mara")
    await live(theo, mara)
    await live(theo, ana)
    before, named = await tells(theo, mara), await named_in(clinic, UUID(mara.id))
    assert (await erase(ana)).status_code == 204
    assert await tells(theo, mara) == before
    assert await named_in(clinic, UUID(mara.id)) == named


async def test_a_phone_of_somebody_erased_is_told_so_whatever_it_asks_and_nobody_else_is(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    second = await clinic.pair(theo, ana.id)
    sam = await support(ana, "Sam", "A.", theo.handle)
    assert (await erase(ana)).status_code == 204
    for phone in (ana, second):
        asked = [
            await phone._send("GET", "/v1/me", {}, {}),  # noqa: SLF001 - as it is: nobody refreshes behind it
            await phone._send("POST", "/v1/me/outbox", {}, {"json": {"items": []}}),  # noqa: SLF001 - the same
            await clinic.http.post("/v1/auth/refresh", json={"refresh_token": phone.tokens["refresh_token"]}),
        ]
        assert [(each.status_code, each.json()["code"]) for each in asked] == [(410, "scope_erased")] * 3
    clinic.clock.move(days=120)
    late = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": second.tokens["refresh_token"]})
    assert late.status_code == 410
    for token in (forged(ana.tokens["access_token"]), sam.tokens["access_token"]):
        answer = await clinic.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    answer = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": forged(ana.tokens["refresh_token"])})
    assert answer.status_code == 401
    answer = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": sam.tokens["refresh_token"]})
    assert answer.status_code == 401


def forged(token: str) -> str:
    """Return a token of the same sign-in with another secret."""
    middle = len(token) - 12
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]


async def test_a_phone_that_was_only_signed_out_is_told_to_sign_in(ana: Person) -> None:
    await ana.ask("POST", "/v1/auth/sign-out")
    answer = await ana._send("GET", "/v1/me", {}, {})  # noqa: SLF001 - as it is: nobody refreshes behind it
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


async def test_erasing_needs_a_proof_and_is_for_clients(theo: Person, ana: Person) -> None:
    refused = await ana.ask("DELETE", "/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert (await theo.ask("DELETE", "/v1/me")).status_code == 403
    assert await ana.get("/v1/me")


async def test_the_ledger_is_on_disk_before_the_rows_go(clinic: Clinic, ana: Person) -> None:
    seen: list[str] = []
    engine = clinic.app.app.state.sessions.engine.sync_engine

    def watch(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE FROM data_keys"):
            seen.extend(str(each.client_id) for each in Ledger(clinic.settings.erasures).read())

    event.listen(engine, "before_cursor_execute", watch)
    assert (await erase(ana)).status_code == 204
    event.remove(engine, "before_cursor_execute", watch)
    assert seen[-1] == ana.id


async def test_a_ledger_that_cannot_be_written_refuses_the_erasure_and_nothing_is_deleted(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    before = await tells(theo, ana)
    noted = list(Ledger(clinic.settings.erasures).read())
    await prove(ana)
    for fails in ("os.open", "os.write", "os.fsync"):
        # A folder that only others may write to, a full disk, a broken one.
        with patch(f"server.privacy.ledger.{fails}", side_effect=OSError(28, "No space left on device")):
            answer = await ana.ask("DELETE", "/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (503, "ledger_unavailable")
        assert "Nothing was erased" in answer.json()["detail"]
        assert await tells(theo, ana) == before
        assert list(Ledger(clinic.settings.erasures).read()) == noted
    assert (await ana.ask("DELETE", "/v1/me")).status_code == 204


async def test_a_crash_between_ledger_and_commit_is_made_good_at_the_next_start(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    await prove(ana)
    with patch("server.privacy.repository.delete_client", side_effect=RuntimeError("the power went")):
        assert (await ana.ask("DELETE", "/v1/me")).status_code == 500
    assert await ana.get("/v1/me")
    sessions = clinic.app.app.state.sessions
    ledger = Ledger(clinic.settings.erasures)
    assert await replay(sessions, clinic.keys, ledger, NOON) == 1
    assert await named_in(clinic, UUID(ana.id)) - KEPT_IDS == set()
    assert (await ana._send("GET", "/v1/me", {}, {})).status_code == 410  # noqa: SLF001 - as it is
    assert await replay(sessions, clinic.keys, ledger, NOON) == 0


async def test_practice_that_arrives_after_an_erasure_brings_nobody_back(clinic: Clinic, ana: Person) -> None:
    await ana.push(completion(NOON))
    assert (await erase(ana)).status_code == 204
    answer = await ana._send("POST", "/v1/me/outbox", {}, {"json": {"items": [completion(NOON)]}})  # noqa: SLF001 - as it is
    assert answer.status_code == 410
    assert await named_in(clinic, UUID(ana.id)) == KEPT_IDS


async def test_practice_that_arrives_during_an_erasure_is_told_so_or_kept_before_it_and_leaves_nothing(
    clinic: Clinic, ana: Person
) -> None:
    await prove(ana)

    async def push() -> int:
        # As it is: nobody refreshes behind it.
        answer = await ana._send("POST", "/v1/me/outbox", {}, {"json": {"items": [completion(NOON)]}})  # noqa: SLF001 - as it is
        return answer.status_code

    async def forget() -> int:
        return (await ana.ask("DELETE", "/v1/me")).status_code

    told = await asyncio.gather(*(push() for _ in range(6)), forget(), *(push() for _ in range(6)))
    assert told[6] == 204
    assert set(told) <= {200, 204, 410}
    assert await named_in(clinic, UUID(ana.id)) == KEPT_IDS
