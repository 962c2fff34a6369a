import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import Result
from support import server
from support.audited import ANA, THEO, Audited, open_audited, read_of
from support.clinic import KEYS
from support.copies import groundwork

from server.vault.keyfile import new_key_list, written

Command = Callable[..., Awaitable[Result]]


@pytest.fixture
async def audited(database: str) -> AsyncIterator[Audited]:
    async with open_audited(database) as audited:
        await audited.fill(3)
        yield audited


@pytest.fixture
def environ(database: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database, "GROUNDWORK_DATA": str(tmp_path), "GROUNDWORK_KEYS": KEYS}


@pytest.fixture
def audit(environ: dict[str, str]) -> Command:
    """Run `groundwork audit …` on this database."""

    async def run(*arguments: str, keys: str = KEYS) -> Result:
        done = await groundwork("audit", *arguments, **{**environ, "GROUNDWORK_KEYS": keys})
        assert isinstance(done.exception, SystemExit | None), done.exception
        return done

    return run


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_process_ends_with_one_where_a_chain_is_not_whole(audited: Audited, environ: dict[str, str]) -> None:
    await audited.tamper("DELETE FROM audit_entries WHERE number = 3")
    shown = server.groundwork("audit", "verify", **environ)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == "Entry 3 is missing at the end of the chain.\n"


async def test_what_was_set_back_shows_against_an_earlier_export(
    audited: Audited, audit: Command, tmp_path: Path
) -> None:
    earlier, file = await audited.head_mac(), str(tmp_path / "audit.jsonl")
    await audited.record(read_of(ANA))
    said = await audit("export", file)
    assert (said.exit_code, said.stdout.split(".")[0]) == (0, "Exported up to entry 4"), said.stderr
    whole = await audit("verify", "--against", file)
    assert (whole.exit_code, whole.stdout) == (0, "4 entries, whole.\n"), whole.stderr
    back = "UPDATE audit_heads SET number = 3, mac = :mac WHERE organisation_id = :mine"
    await audited.tamper("DELETE FROM audit_entries WHERE number = 4", back, mac=earlier)
    assert (await audit("verify")).stdout == "3 entries, whole.\n"
    shown = await audit("verify", "--against", file)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert shown.stderr == "The earlier export ends with entry 4, the chain with entry 3.\n"


async def test_every_fault_is_a_sentence(audited: Audited, audit: Command) -> None:
    await audited.tamper(
        "UPDATE audit_entries SET actor_role = 'admin' WHERE number = 1", "DELETE FROM audit_entries WHERE number = 3"
    )
    said = await audit("verify")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.splitlines() == [
        "Entry 1 is not what was written there.",
        "Entry 3 is missing at the end of the chain.",
    ]


async def test_other_keys_are_guessed_at(audited: Audited, audit: Command) -> None:
    said = await audit("verify", keys=written(new_key_list()))
    assert (said.exit_code, "are these the keys" in said.stderr) == (1, True), said.stderr
    assert (await audited.verify()).faults == ()


async def test_an_export_has_a_line_for_each_entry_and_one_for_the_head(
    audited: Audited, audit: Command, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    await audited.record(read_of(None))
    assert (await audit("export", str(file))).exit_code == 0
    *entries, head = map(json.loads, file.read_text().splitlines())
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4]
    assert {name: value for name, value in entries[0].items() if name != "mac"} == {
        "line": "entry",
        "number": 1,
        "at": "2026-06-01T12:00:00Z",
        "actor_role": "therapist",
        "action": "readClient",
        "actor_id": str(THEO),
        "client_id": str(ANA),
    }
    assert (head["line"], head["number"], head["mac"]) == ("head", 4, entries[-1]["mac"])
    assert file.stat().st_mode & 0o077 == 0
    again = await audit("export", str(file))
    assert (again.exit_code, again.stderr) == (1, "This file is there already, and is never overwritten.\n")


async def test_where_there_are_several_clinics_one_must_be_named(audited: Audited, audit: Command) -> None:
    other = await audited.neighbour()
    await other.fill(1)
    said = await audit("verify")
    assert (said.exit_code, said.stderr) == (1, "Say which clinic, by its handle: --organisation HANDLE.\n")
    assert (await audit("verify", "--organisation", other.handle)).stdout == "1 entries, whole.\n"


@pytest.mark.parametrize(
    "last, sentence",
    [
        ('{"line":"entry","number":3}', "its last line is no head."),
        (
            f'{{"line":"head","organisation_id":"{uuid4()}","number":3,"mac":"00","at":"2026-06-01T12:00:00Z"}}',
            "The earlier export is of another clinic.",
        ),
    ],
    ids=["half", "elsewhere"],
)
async def test_what_is_no_export_of_this_clinic_is_no_anchor(
    audited: Audited, audit: Command, tmp_path: Path, last: str, sentence: str
) -> None:
    assert (await audited.verify()).faults == ()
    (tmp_path / "other.jsonl").write_text(last)
    said = await audit("verify", "--against", str(tmp_path / "other.jsonl"))
    assert (said.exit_code, said.stderr.strip().endswith(sentence)) == (1, True), said.stderr


async def test_a_file_that_cannot_be_written_is_said_in_a_sentence(
    audited: Audited, audit: Command, tmp_path: Path
) -> None:
    said = await audit("export", str(tmp_path / "nowhere" / audited.handle))
    assert (said.exit_code, said.stderr) == (1, "The file cannot be written.\n")


async def test_half_an_export_is_not_left_behind(audited: Audited, audit: Command, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    if audited.sessions.engine.dialect.name == "sqlite":
        await audited.tamper("UPDATE audit_entries SET at = 'soon' WHERE number = 3")
    else:
        await audited.tamper("UPDATE audit_entries SET at = '20000-01-01' WHERE number = 3")
    said = await audit("export", str(file))
    assert (said.exit_code, said.stderr) == (1, "Entry 3 cannot be read. Run `groundwork audit verify`.\n")
    assert not file.exists()
    assert (await audit("verify")).stderr == "Entry 3 is not what was written there.\n"
