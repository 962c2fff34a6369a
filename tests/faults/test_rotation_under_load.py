"""Keys are rotated, rewrapped and retired while people read and write, and nobody notices (`promises.md` P20)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from support.clinic import NOON, Clinic, Person, completion, open_clinic
from support.copies import groundwork

from server.vault.keyfile import change_key_file, make_key_file, read_key_file, without_version
from server.vault.keys import SETTING

NOTE = "Written while the keys were changed."


class Load:
    """Readers and writers that go on until they are told to stop, and every answer they had."""

    def __init__(self, theo: Person, ana: Person) -> None:
        self.theo = theo
        self.ana = ana
        self.answers: list[httpx.Response] = []
        self.going_on = True

    async def _repeat(self, ask: Callable[[], Awaitable[httpx.Response]]) -> None:
        while self.going_on:
            self.answers.append(await ask())

    async def _add(self) -> httpx.Response:
        return await self.theo.ask("POST", "/v1/clients", json={"name": "Somebody new", "zone": "Europe/Berlin"})

    async def _report(self) -> httpx.Response:
        return await self.theo.ask("GET", f"/v1/clients/{self.ana.id}/report")

    async def _list(self) -> httpx.Response:
        return await self.theo.ask("GET", "/v1/clients")

    async def _push(self) -> httpx.Response:
        item = completion(NOON, note=NOTE)
        return await self.ana.ask("POST", "/v1/me/outbox", json={"items": [item]})

    async def during(self, *work: Callable[[], Awaitable[Any]]) -> None:
        """Do one thing after another while everybody goes on, and a while after each."""
        asking = [asyncio.create_task(self._repeat(ask)) for ask in (self._add, self._report, self._list, self._push)]
        for each in work:
            await each()
            seen = len(self.answers)
            while len(self.answers) < seen + 12:  # noqa: ASYNC110 - four tasks at once, no single event
                await asyncio.sleep(0.01)
        self.going_on = False
        await asyncio.gather(*asking)

    def failed(self) -> list[int]:
        return [each.status_code for each in self.answers if each.status_code >= 400]


async def loaded(clinic: Clinic) -> Load:
    theo = await clinic.member(await clinic.found(), "theo@clinic.example")
    ana = await clinic.phone(theo, "Ana")
    await ana.post("/v1/me/consents", {"scope": "notes"})
    return Load(theo, ana)


async def test_no_request_fails_while_keys_are_rotated_rewrapped_and_retired(database: str, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    environ = {"GROUNDWORK_KEYS_FILE": str(file)}

    async def does(*arguments: str) -> None:
        settings = {"GROUNDWORK_DATABASE_URL": database, "GROUNDWORK_DATA": str(tmp_path)}
        done = await groundwork("keys", *arguments, **environ, **settings)
        assert done.exit_code == 0, done.output

    async with open_clinic(database, tmp_path, **environ) as clinic:
        load = await loaded(clinic)
        await load.during(
            lambda: does("rotate"),
            lambda: does("rewrap"),
            lambda: does("retire", "1", "--yes"),
            lambda: does("rotate"),
            lambda: does("rewrap"),
            lambda: does("retire", "2", "--yes"),
        )
        assert sorted(read_key_file(file, SETTING).versions) == [3]
        assert len(load.answers) > 70
        assert load.failed() == []
        report = await load.theo.get(f"/v1/clients/{load.ana.id}/report")
        notes = {each["note"] for interval in report["intervals"] for each in interval["notes"]}
        assert notes == {NOTE}


async def test_retiring_without_rewrapping_would_fail(database: str, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)

    async def tear_out() -> None:
        done = await groundwork("keys", "rotate", GROUNDWORK_KEYS_FILE=str(file), GROUNDWORK_DATA=str(tmp_path))
        assert done.exit_code == 0, done.output
        change_key_file(file, SETTING, lambda present: without_version(present, 1))
        # A server reads the file again when it wraps, and so lets go of what is not in it any more.
        await load._add()  # noqa: SLF001 - one writer is enough

    async with open_clinic(database, tmp_path, GROUNDWORK_KEYS_FILE=str(file)) as clinic:
        load = await loaded(clinic)
        await load.during(tear_out)
        assert set(load.failed()) == {500}
