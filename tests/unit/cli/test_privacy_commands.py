"""`groundwork export`, `import`, `erase` and `tidy`."""

import hashlib
import json
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.clinic import KEYS, Clinic, Person
from support.copies import groundwork
from support.living import live, opened, take_along

from server.audit.models import AuditRow
from server.auth.models import PairingRow
from server.db.base import Row
from server.db.unit import unit_of_work
from server.privacy.archive import MANIFEST, MOST_BYTES
from server.privacy.ledger import Ledger


class Desk:
    """An operator at the server of a clinic."""

    def __init__(self, clinic: Clinic, database: str, folder: Path) -> None:
        self.clinic = clinic
        self.folder = folder
        self.environ = {
            "GROUNDWORK_DATABASE_URL": database,
            "GROUNDWORK_KEYS": KEYS,
            "GROUNDWORK_DATA": str(folder),
        }

    async def does(self, *arguments: object) -> str:
        done = await groundwork(*(str(each) for each in arguments), **self.environ)
        assert done.exit_code == 0, done.output
        return done.output

    async def refuses(self, *arguments: object) -> str:
        done = await groundwork(*(str(each) for each in arguments), **self.environ)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
        return done.output

    async def count(self, table: str) -> int:
        async with unit_of_work(self.clinic.sessions, writes=False) as session:
            return await session.scalar(select(func.count()).select_from(Row.metadata.tables[table])) or 0

    async def noted(self) -> list[tuple[str, str]]:
        """Return what operators did, as the audit says."""
        async with unit_of_work(self.clinic.sessions, writes=False) as session:
            query = select(AuditRow.action, AuditRow.client_id).where(AuditRow.actor_role == "operator")
            return [(action, str(client)) for action, client in await session.execute(query.order_by(AuditRow.number))]


@pytest.fixture
def desk(clinic: Clinic, database: str, tmp_path: Path) -> Desk:
    return Desk(clinic, database, tmp_path)


async def test_an_archive_is_written_for_its_owner_alone_and_never_over_another(
    desk: Desk, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    file = desk.folder / "ana.zip"
    assert "in clear" in await desk.does("export", ana.id, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    by_phone, by_command = opened(await take_along(ana)), opened(file.read_bytes())
    for whole in (by_phone, by_command):
        del whole["manifest.json"]["made_at"], whole["manifest.json"]["files"], whole["record_reads.jsonl"]
    assert by_command == by_phone
    assert await desk.noted() == [("groundwork export", ana.id)]
    kept = file.read_bytes()
    assert "one of this name" in await desk.refuses("export", ana.id, file)
    assert file.read_bytes() == kept
    assert "no such client" in await desk.refuses("export", theo.id, desk.folder / "new.zip")
    assert not (desk.folder / "new.zip").exists()


async def test_a_client_is_erased_and_taken_in_at_another_clinic_only(desk: Desk, theo: Person, ana: Person) -> None:
    await live(theo, ana)
    file = desk.folder / "ana.zip"
    await desk.does("export", ana.id, file)
    assert "here already" in await desk.refuses("import", file, "--therapist", "theo@clinic.example")
    asked = await groundwork("erase", ana.id, **desk.environ)
    assert (asked.exit_code, "Go on?" in asked.output) == (1, True)
    assert await desk.count("clients") == 1
    assert "Erased." in await desk.does("erase", ana.id, "--yes")
    assert await desk.count("clients") == 0
    assert [str(each.client_id) for each in Ledger(desk.clinic.settings.erasures).read()] == [ana.id]
    assert await desk.noted() == [("groundwork export", ana.id), ("groundwork erase", ana.id)]
    assert "erased here" in await desk.refuses("import", file, "--therapist", "theo@clinic.example")
    assert "no such client" in await desk.refuses("erase", ana.id, "--yes")
    # Another server's ledger does not name her.
    desk.environ["GROUNDWORK_ERASURES"] = str(desk.folder / "elsewhere.jsonl")
    assert "Taken in." in await desk.does("import", file, "--therapist", "theo@clinic.example")
    assert (await theo.get(f"/v1/clients/{ana.id}"))["name"] == "Ana"


async def test_a_hostile_archive_is_refused_in_a_sentence_and_nothing_of_it_is_kept(
    desk: Desk, theo: Person, ana: Person
) -> None:
    await live(theo, ana)
    packed = await take_along(ana)
    await desk.does("erase", ana.id, "--yes")
    desk.environ["GROUNDWORK_ERASURES"] = str(desk.folder / "elsewhere.jsonl")
    tables = sorted(Row.metadata.tables)
    before = [await desk.count(table) for table in tables]
    hostile = {
        "not-a-zip": b"hello",
        "half": packed[: len(packed) // 2],
        "a-place-of-another-server": _with(
            packed, desk.folder, "completions.jsonl", '"seconds"', '"version":1,"seconds"'
        ),
        "two-heads": _with(packed, desk.folder, "voids.jsonl", "received_at", "received"),
    }
    for name, content in hostile.items():
        file = desk.folder / name
        file.write_bytes(content)
        said = await desk.refuses("import", file, "--therapist", "theo@clinic.example")
        assert said.strip().endswith(".")
        assert "Traceback" not in said
    assert "No member" in await desk.refuses("import", desk.folder / "half", "--therapist", "nobody@clinic.example")
    big = desk.folder / "big"
    with big.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    assert "larger than any archive" in await desk.refuses("import", big, "--therapist", "theo@clinic.example")
    assert [await desk.count(table) for table in tables] == before


def _with(packed: bytes, folder: Path, name: str, old: str, new: str) -> bytes:
    """Return an archive with other words in a file, and a manifest that fits them."""
    source = folder / "source.zip"
    source.write_bytes(packed)
    with zipfile.ZipFile(source) as archive:
        texts = {each: archive.read(each).decode() for each in archive.namelist()}
    assert old in texts[name]
    texts[name] = texts[name].replace(old, new)
    manifest = json.loads(texts[MANIFEST])
    manifest["files"][name]["sha256"] = hashlib.sha256(texts[name].encode()).hexdigest()
    texts[MANIFEST] = json.dumps(manifest)
    with zipfile.ZipFile(source, "w") as archive:
        for each, text in texts.items():
            archive.writestr(each, text)
    return source.read_bytes()


@pytest.mark.usefixtures("ana")
async def test_tidying_counts_first_and_deletes_when_it_is_told_to(desk: Desk) -> None:
    # A command's clock is the real one, and Ana was paired long before it.
    async with unit_of_work(desk.clinic.sessions, writes=False) as session:
        old = await session.scalar(select(func.count()).select_from(PairingRow)) or 0
    assert old == 1
    assert "pairings: 1 rows expired more than 30 days ago" in await desk.does("tidy")
    assert await desk.count("pairings") == 1
    assert "pairings: 1 rows" in await desk.does("tidy", "--apply")
    assert await desk.count("pairings") == 0
    assert "pairings: 0 rows" in await desk.does("tidy")


async def test_a_ledger_that_cannot_be_read_is_said_in_a_sentence(desk: Desk, ana: Person) -> None:
    file = desk.folder / "ana.zip"
    await desk.does("export", ana.id, file)
    desk.clinic.settings.erasures.write_text("what is this?\n")
    assert "Line 1 of the erasure ledger" in await desk.refuses("import", file, "--therapist", "theo@clinic.example")
