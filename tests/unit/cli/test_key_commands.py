import asyncio
import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from support.clinic import NOON
from support.vaults import found, within

from server.cli import main
from server.db.engine import Sessions, create_engine
from server.settings import read_settings
from server.vault.keyfile import read_key_file
from server.vault.keys import KeyLost, LocalKeys, read_keys
from server.vault.models import DataKeyRow
from server.vault.service import Vault

CLINIC = uuid4()


async def groundwork(*arguments: str, **environ: str) -> Result:
    """Run a command in this process, in a thread of its own: it runs a loop itself."""
    clean = {name: None for name in os.environ if name.startswith(("GROUNDWORK_", "DATABASE_"))}
    return await asyncio.to_thread(CliRunner().invoke, main, arguments, env={**clean, **environ})


class House:
    """A database, the key file of its server, and the environment both are set in."""

    def __init__(self, database: str, folder: Path) -> None:
        self.file = folder / "keys"
        self.environ = {
            "GROUNDWORK_DATABASE_URL": database,
            "GROUNDWORK_KEYS_FILE": str(self.file),
            "GROUNDWORK_DATA": str(folder),
        }

    async def does(self, *arguments: str) -> str:
        done = await groundwork("keys", *arguments, **self.environ)
        assert done.exit_code == 0, done.output
        return self._without_keys(done.output)

    async def refuses(self, *arguments: str) -> str:
        done = await groundwork("keys", *arguments, **self.environ)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
        return self._without_keys(done.output)

    def _without_keys(self, said: str) -> str:
        secrets = [line.partition(":")[2] for line in self.file.read_text().splitlines()]
        assert all(len(each) > 40 and each not in said for each in secrets)
        return said

    def keys(self) -> LocalKeys:
        return read_keys(read_settings(self.environ))

    def sessions(self) -> Sessions:
        return Sessions(create_engine(read_settings(self.environ).database_url))


async def add(house: House, *owners: UUID) -> None:
    sessions = house.sessions()
    await found(sessions, CLINIC)
    async with within(sessions, CLINIC) as session:
        for owner in owners:
            await Vault(session, house.keys()).add(CLINIC, owner, NOON)
    await sessions.engine.dispose()


async def key_of(house: House, owner: UUID) -> bytes:
    sessions = house.sessions()
    async with within(sessions, CLINIC, writes=False) as session:
        key = await Vault(session, house.keys()).key(CLINIC, owner)
    await sessions.engine.dispose()
    return key.secret


async def wrapped_of(house: House, owner: UUID) -> bytes:
    sessions = house.sessions()
    async with within(sessions, CLINIC, writes=False) as session:
        row = await session.get_one(DataKeyRow, (CLINIC, owner, 1))
    await sessions.engine.dispose()
    return row.wrapped


async def test_a_key_is_rotated_rewrapped_and_retired(database: str, tmp_path: Path) -> None:
    house, ana = House(database, tmp_path), uuid4()
    assert (await groundwork("keys", "make", str(house.file))).exit_code == 0
    await add(house, ana)
    before, old = await key_of(house, ana), await wrapped_of(house, ana)
    assert "is the newest" in await house.refuses("retire", "1", "--yes")
    assert "There is a version 2." in await house.does("rotate")
    assert "still wraps keys" in await house.refuses("retire", "1", "--yes")
    assert "Wrapped 1 keys anew with version 2." in await house.does("rewrap")
    assert "Wrapped 0 keys" in await house.does("rewrap")
    assert sorted(read_key_file(house.file, "KEYS").versions) == [1, 2]
    assert "Destroy every copy" in await house.does("retire", "1", "--yes")
    assert sorted(read_key_file(house.file, "KEYS").versions) == [2]
    assert await key_of(house, ana) == before
    # What an old backup of the database holds.
    with pytest.raises(KeyLost, match="version 1"):
        await house.keys().unwrap(CLINIC, ana, old)
    assert "There is no such version." in await house.refuses("retire", "1", "--yes")


async def test_retiring_asks_first(tmp_path: Path) -> None:
    house = House(str(tmp_path / "groundwork.db"), tmp_path)
    assert (await groundwork("keys", "make", str(house.file))).exit_code == 0
    kept = house.file.read_text()
    assert "never be read again" in await house.refuses("retire", "1")
    assert house.file.read_text() == kept


async def test_keys_of_the_environment_are_rotated_into_a_new_file(tmp_path: Path) -> None:
    house = House(str(tmp_path / "groundwork.db"), tmp_path)
    assert (await groundwork("keys", "make", str(house.file))).exit_code == 0
    text = house.file.read_text()
    own = {"GROUNDWORK_DATABASE_URL": house.environ["GROUNDWORK_DATABASE_URL"], "GROUNDWORK_KEYS": text}
    refused = await groundwork("keys", "rotate", **own)
    assert (refused.exit_code, "--into FILE" in refused.output) == (1, True)
    into = tmp_path / "longer"
    assert (await groundwork("keys", "rotate", "--into", str(into), **own)).exit_code == 0
    assert into.read_text().startswith(text)
    assert sorted(read_key_file(into, "KEYS").versions) == [1, 2]
    assert house.file.read_text() == text
    again = await groundwork("keys", "rotate", "--into", str(into), **own)
    assert (again.exit_code, "is there already" in again.output) == (1, True)


async def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    house = House(str(tmp_path / "groundwork.db"), tmp_path)
    await house.does("make", str(house.file))
    kept = house.file.read_text()
    assert "is there already, and is never overwritten." in await house.refuses("make", str(house.file))
    assert house.file.read_text() == kept
    assert "cannot be written" in await house.refuses("make", str(tmp_path / "no" / "such" / "folder"))


async def test_migrating_makes_the_first_key_file_and_never_another(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environ = {"GROUNDWORK_DATA": str(data)}
    assert (await groundwork("migrate", **environ)).exit_code == 0
    file = data / "keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = file.read_text()
    assert (await groundwork("migrate", **environ)).exit_code == 0
    assert file.read_text() == kept
    made = await groundwork(
        "create-admin", "--email", "a@clinic.example", "--name", "A", "--password", "a long enough password", **environ
    )
    assert made.exit_code == 0, made.output
    file.unlink()
    refused = await groundwork("migrate", **environ)
    assert (refused.exit_code, "Put the file back" in refused.output) == (1, True)
    assert not file.exists()


async def test_keys_that_others_may_read_are_refused_in_a_sentence(tmp_path: Path) -> None:
    house = House(str(tmp_path / "groundwork.db"), tmp_path)
    assert (await groundwork("keys", "make", str(house.file))).exit_code == 0
    house.file.chmod(0o644)
    assert "only its owner may read: chmod 600." in await house.refuses("rotate")
    assert "only its owner may read: chmod 600." in await house.refuses("rewrap")
