"""Erased means unrecoverable, also from an old backup (`promises.md` P22)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Uuid, func, select
from support.clinic import KEYS, Clinic, Person, settings_of
from support.copies import copied, groundwork, reading
from support.living import erase, live
from support.server import serving

from server.app import create_app
from server.db.base import Row
from server.db.engine import Sessions
from server.db.unit import unit_of_work
from server.kit.sealed import Sealed
from server.practice.ledger import note_place
from server.practice.models import CompletionRow
from server.privacy.ledger import Ledger
from server.settings import read_settings
from server.vault.keys import KeyLost, LocalKeys, read_keys
from server.vault.models import DataKeyRow
from server.vault.service import Vault

NOTE = "Only Ana may ever read this line of hers."
KEPT = {"audit_entries", "sign_ins"}


async def tables_with(sessions: Sessions, person: UUID) -> set[str]:
    """Return every table of a database that names somebody."""
    found = set()
    async with unit_of_work(sessions, writes=False) as session:
        for table in Row.metadata.sorted_tables:
            named = [column == person for column in table.columns if isinstance(column.type, Uuid)]
            for each in named:
                if await session.scalar(select(func.count()).select_from(table).where(each)):
                    found.add(table.name)
    return found


async def notes_in(sessions: Sessions, keys: LocalKeys) -> set[str]:
    """Return every note that can be read with these keys.

    Raises:
        KeyLost: one cannot.
    """
    async with unit_of_work(sessions, writes=False) as session:
        query = select(
            CompletionRow.organisation_id, CompletionRow.client_id, CompletionRow.id, CompletionRow.note
        ).where(CompletionRow.note.is_not(None))
        vault = Vault(session, keys)
        return {
            (await vault.key(place[0], place[1])).open(note_place(*place), Sealed(note))
            for *place, note in (await session.execute(query)).all()
        }


async def start(database: str, folder: Path, erasures: Path) -> None:
    """Start an application on a database, and stop it as soon as it may be asked anything."""
    app = create_app(settings_of(database, folder, GROUNDWORK_ERASURES=str(erasures))).app
    async with app.lifespan():
        pass
    await app.state.sessions.engine.dispose()


async def test_a_restored_backup_has_forgotten_the_erased_before_it_is_ready(
    clinic: Clinic, theo: Person, ana: Person, database: str, tmp_path: Path
) -> None:
    mara = await clinic.phone(theo, "Mara")
    await live(theo, ana, note=NOTE)
    async with copied(database, tmp_path) as backup, reading(backup) as sessions:
        assert (await erase(ana)).status_code == 204
        # The control: a start with an empty ledger leaves the client there.
        await start(backup, tmp_path / "control", tmp_path / "none.jsonl")
        assert len(await tables_with(sessions, UUID(ana.id))) > 10
        await start(backup, tmp_path / "restored", clinic.settings.erasures)
        assert await tables_with(sessions, UUID(ana.id)) == KEPT
        assert "clients" in await tables_with(sessions, UUID(mara.id))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_server_on_a_restored_backup_is_ready_only_then(
    clinic: Clinic, theo: Person, ana: Person, database: str, tmp_path: Path
) -> None:
    await live(theo, ana, note=NOTE)
    async with copied(database, tmp_path) as backup, reading(backup) as sessions:
        assert (await erase(ana)).status_code == 204
        assert len(await tables_with(sessions, UUID(ana.id))) > 10
        environ = {"DATABASE_URL": backup, "GROUNDWORK_KEYS": KEYS, "GROUNDWORK_DATA": str(tmp_path / "data")}
        with serving("serve", **environ, GROUNDWORK_ERASURES=str(clinic.settings.erasures)):
            assert await tables_with(sessions, UUID(ana.id)) == KEPT


async def test_a_ledger_that_cannot_be_read_stops_the_start(clinic: Clinic, database: str, tmp_path: Path) -> None:
    clinic.settings.erasures.write_text("what is this?\n")
    environ = {"GROUNDWORK_DATABASE_URL": database, "GROUNDWORK_KEYS": KEYS, "GROUNDWORK_DATA": str(tmp_path)}
    refused = await groundwork("serve", **environ)
    assert (refused.exit_code, "Line 1 of the erasure ledger" in refused.output) == (1, True)


async def test_after_the_old_key_is_retired_nothing_in_an_old_backup_opens(
    clinic: Clinic, theo: Person, ana: Person, database: str, tmp_path: Path
) -> None:
    mara = await clinic.phone(theo, "Mara")
    await live(theo, ana, note=NOTE)
    file = tmp_path / "keys"
    file.touch(0o600)
    file.write_text(KEYS)
    environ = {
        "GROUNDWORK_DATABASE_URL": database,
        "GROUNDWORK_KEYS_FILE": str(file),
        "GROUNDWORK_DATA": str(tmp_path),
    }
    async with copied(database, tmp_path) as backup, reading(backup) as sessions:
        assert (await erase(ana)).status_code == 204
        # The control: until then the backup is readable with the keys, erased or not.
        assert await notes_in(sessions, present(environ)) == {NOTE}
        for command in (("rotate",), ("rewrap",), ("retire", "1", "--yes")):
            done = await groundwork("keys", *command, **environ)
            assert done.exit_code == 0, done.output
        with pytest.raises(KeyLost):
            await notes_in(sessions, present(environ))
        async with unit_of_work(sessions, writes=False) as session:
            wrapped = (await session.scalars(select(DataKeyRow))).all()
        assert len(wrapped) == 3
        for row in wrapped:
            with pytest.raises(KeyLost, match="version 1"):
                await present(environ).unwrap(row.organisation_id, row.owner_id, row.wrapped)
    # Whoever was not erased goes on.
    async with reading(database) as sessions, unit_of_work(sessions, writes=False) as session:
        left = (await session.scalars(select(DataKeyRow))).all()
        assert str(mara.id) in {str(row.owner_id) for row in left}
        for row in left:
            await present(environ).unwrap(row.organisation_id, row.owner_id, row.wrapped)


def present(environ: Mapping[str, str]) -> LocalKeys:
    return read_keys(read_settings(environ))


def bytes_of(database: Path) -> bytes:
    """Return what lies on the disk of a SQLite database, its write-ahead log with it."""
    return b"".join(each.read_bytes() for each in database.parent.glob(f"{database.name}*"))


async def stored(clinic: Clinic, person: UUID) -> list[bytes]:
    """Return what of somebody is unmistakable on a disk: their wrapped key and their sealed texts."""
    async with unit_of_work(clinic.sessions, writes=False) as session:
        keys = (await session.scalars(select(DataKeyRow.wrapped).where(DataKeyRow.owner_id == person))).all()
        notes: Any = await session.scalars(select(CompletionRow.note).where(CompletionRow.client_id == person))
        return [each for each in (*keys, *notes) if each]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_neither_file_nor_log_of_sqlite_holds_what_was_erased(
    clinic: Clinic, theo: Person, ana: Person, database: str
) -> None:
    mara = await clinic.phone(theo, "Mara")
    for phone in (ana, mara):
        for _ in range(3):
            await live(theo, phone, note=NOTE)
    hers, others = await stored(clinic, UUID(ana.id)), await stored(clinic, UUID(mara.id))
    before = bytes_of(Path(database))
    assert all(each in before for each in (*hers, *others))
    assert UUID(ana.id).hex.encode() in before
    assert (await erase(ana)).status_code == 204
    after = bytes_of(Path(database))
    assert [each for each in hers if each in after] == []
    assert [each for each in others if each not in after] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_without_overwriting_and_emptying_the_log_it_would_be_there(
    clinic: Clinic, theo: Person, ana: Person, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(theo, ana, note=NOTE)
    hers = await stored(clinic, UUID(ana.id))

    async def leave(_engine: object) -> None:
        pass

    monkeypatch.setattr("server.privacy.erasure.forget_deleted", leave)
    assert (await erase(ana)).status_code == 204
    assert any(each in bytes_of(Path(database)) for each in hers)
    assert list(Ledger(clinic.settings.erasures).read())
