"""A backup is never served unnoticed: neither to phones nor to the operator (`sync.md`, Epoch; `promises.md` P8)."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.clinic import KEYS, NOON, Clinic, HandClock, Person, completion, settings_of
from support.copies import copied, groundwork
from support.feed import digest_of, whole

from server.accounts import epochs
from server.app import create_app
from server.db.states import Marker, StateError
from server.web.edge import Edge


class Restored:
    """A restored database: how it is started, and what an operator does about it."""

    def __init__(self, database: str, folder: Path, marker: Path) -> None:
        self.settings = settings_of(database, folder, GROUNDWORK_SERVED_STATE=str(marker))
        self.environ = {
            "GROUNDWORK_DATABASE_URL": database,
            "GROUNDWORK_DATA": str(folder),
            "GROUNDWORK_KEYS": KEYS,
            "GROUNDWORK_SERVED_STATE": str(marker),
        }

    def app(self) -> Edge:
        return create_app(self.settings, clock=HandClock(NOON))


async def start(app: Edge) -> None:
    """Start an application and stop it as soon as it may be asked anything."""
    async with app.app.lifespan():
        pass


async def ask(app: Edge, path: str, person: Person) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.tokens['access_token']}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://clinic.test") as http:
        answer = await http.get(path, headers=headers)
    await app.app.state.sessions.engine.dispose()
    return answer


async def pushed(app: Edge, person: Person, *items: dict[str, Any]) -> list[str]:
    headers = {"Authorization": f"Bearer {person.tokens['access_token']}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://clinic.test") as http:
        answer = await http.post("/v1/me/outbox", json={"schema": 1, "items": list(items)}, headers=headers)
    await app.app.state.sessions.engine.dispose()
    return [each["status"] for each in answer.json()["results"]]


async def test_an_older_backup_is_refused_until_a_new_epoch_and_then_phones_bring_what_it_lacks(
    clinic: Clinic, ana: Person, database: str, tmp_path: Path
) -> None:
    marker = clinic.settings.served_state
    await start(Restored(database, tmp_path, marker).app())
    early, late = completion(NOON), completion(NOON, seconds=200)
    await ana.push(early)
    async with copied(database, tmp_path) as backup:
        # The server writes on, and begins another state.
        await ana.push(late)
        cursor = (await ana.get("/v1/me/changes"))["cursor"]
        await start(Restored(database, tmp_path, marker).app())
        there = Restored(backup, tmp_path / "restored", marker)
        with pytest.RaisesGroup(pytest.RaisesExc(StateError, match="groundwork new-epoch"), flatten_subgroups=True):
            await start(there.app())
        assert (await ask(there.app(), "/readyz", ana)).status_code == 503
        refused = await groundwork("serve", **there.environ)
        assert (refused.exit_code, "groundwork new-epoch" in refused.output) == (1, True)
        before = marker.read_text()
        begun = await groundwork("new-epoch", **there.environ)
        assert begun.exit_code == 0, begun.output
        assert int(marker.read_text()) > int(before)
        await start(there.app())
        assert (await ask(there.app(), "/readyz", ana)).status_code == 200
        told = await ask(there.app(), f"/v1/me/changes?since={cursor}", ana)
        assert (told.status_code, told.json()["code"]) == (410, "sync_reset")
        lacking = (await ask(there.app(), "/v1/me/changes", ana)).json()
        assert late["id"] not in {each["id"] for each in lacking["items"]}
        # The phone offers again what it wrote, and everything is there, once.
        assert await pushed(there.app(), ana, early, late) == ["duplicate", "stored"]
        page = (await ask(there.app(), "/v1/me/changes", ana)).json()
        assert [each["id"] for each in page["items"] if each["kind"] == "completion"] == [early["id"], late["id"]]
        assert page["digest"] == digest_of(page["items"])
        # And what was served before the restore is the older one now.
        with pytest.RaisesGroup(StateError, flatten_subgroups=True):
            await start(Restored(database, tmp_path, marker).app())


async def test_without_the_marker_an_older_backup_is_served_and_nobody_notices(
    clinic: Clinic, ana: Person, database: str, tmp_path: Path
) -> None:
    """The control: the same restore without the file, and a phone that sees no digest of what it holds."""
    marker = clinic.settings.served_state
    await start(Restored(database, tmp_path, marker).app())
    async with copied(database, tmp_path) as backup:
        await ana.push(completion(NOON))
        cursor = (await ana.get("/v1/me/changes"))["cursor"]
        await start(Restored(database, tmp_path, marker).app())
        marker.unlink()
        there = Restored(backup, tmp_path / "restored", marker)
        await start(there.app())
        # Something else is written in the place of what was lost: the old cursor fits, and brings nothing.
        assert await pushed(there.app(), ana, completion(NOON, seconds=100)) == ["stored"]
        told = (await ask(there.app(), f"/v1/me/changes?since={cursor}", ana)).json()
        assert (told["items"], told["has_more"]) == ([], False)


async def test_the_digest_tells_a_phone_even_then(ana: Person, database: str, tmp_path: Path) -> None:
    async with copied(database, tmp_path) as backup:
        await ana.push(completion(NOON))
        held = digest_of((await whole(ana)).values())
        there = Restored(backup, tmp_path / "restored", tmp_path / "nothing")
        await pushed(there.app(), ana, completion(NOON, seconds=100))
        assert (await ask(there.app(), "/v1/me/changes", ana)).json()["digest"] != held


async def test_what_is_written_while_it_is_served_begins_another_state_and_reading_does_not(
    clinic: Clinic, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "SECONDS", 0.05)
    marker = Marker(clinic.settings.served_state)
    sessions = clinic.app.app.state.sessions
    async with epochs.newest_state(sessions, marker):
        begun = marker.read()
        await ana.get("/v1/me/changes")
        await asyncio.sleep(0.4)
        assert marker.read() == begun
        await ana.push(completion(NOON))
        await asyncio.sleep(1)
        grown = marker.read()
        assert grown > begun
        await asyncio.sleep(0.4)
        assert marker.read() == grown
    assert marker.read() == grown + 1


async def test_a_database_that_is_set_back_while_it_is_served_does_not_catch_up_by_itself(
    clinic: Clinic, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "SECONDS", 0.02)
    marker = Marker(clinic.settings.served_state)
    async with epochs.newest_state(clinic.app.app.state.sessions, marker):
        # As if somebody had restored a backup of long ago under the running server.
        ahead = marker.read() + 3
        marker.move(ahead)
        for _ in range(6):
            await ana.push(completion(NOON))
            await asyncio.sleep(0.05)
        assert marker.read() == ahead
        answer = await clinic.http.get("/readyz")
        assert (answer.status_code, answer.json()["detail"]) == (503, "Not ready: state.")


async def test_a_new_epoch_is_another_one_for_every_client_of_every_clinic(
    clinic: Clinic, theo: Person, ana: Person, database: str, tmp_path: Path
) -> None:
    lena = await clinic.phone(await clinic.member(await clinic.found("other"), "nils@clinic.example", "other"), "Lena")
    phones = (ana, await clinic.phone(theo, "Mara", handle="clinic"), lena)
    before = [(await phone.get("/v1/me/changes"))["epoch"] for phone in phones]
    done = await groundwork("new-epoch", **Restored(database, tmp_path, clinic.settings.served_state).environ)
    assert done.exit_code == 0, done.output
    after = [(await phone.get("/v1/me/changes"))["epoch"] for phone in phones]
    assert len({*before, *after}) == 6
