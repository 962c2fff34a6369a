import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest

from server.privacy.ledger import Erased, Ledger, LedgerError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def somebody(number: int = 8) -> Erased:
    return Erased(organisation_id=UUID(int=1), client_id=UUID(int=number), at=NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "apart" / "erasures.jsonl"


def test_whoever_is_noted_is_read_and_only_its_owner_may_look(path: Path) -> None:
    ledger = Ledger(path)
    assert list(ledger.read()) == []
    ledger.note(somebody(1))
    ledger.note(somebody(2))
    assert list(Ledger(path).read()) == [somebody(1), somebody(2)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_line_is_on_the_disk_before_anything_is_erased(path: Path) -> None:
    synced: list[str] = []
    with patch("os.fsync", lambda file: synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))):
        Ledger(path).note(somebody())
    assert synced == [str(path), str(path.parent)]


def test_half_a_line_that_a_crash_has_left_is_passed_over_and_joins_nothing(path: Path) -> None:
    ledger = Ledger(path)
    ledger.note(somebody(1))
    whole = path.read_bytes()
    for length in range(1, len(whole) - 1):
        path.write_bytes(whole + whole[:length])
        assert list(ledger.read()) == [somebody(1)]
        ledger.note(somebody(2))
        assert list(ledger.read()) == [somebody(1), somebody(2)]


@pytest.mark.parametrize("line", [b"nonsense", b"{}", b'{"organisation_id":"1"}', b"\xff\xfe", b"[]"])
def test_a_line_that_is_none_of_ours_stops_the_start_with_a_sentence(path: Path, line: bytes) -> None:
    ledger = Ledger(path)
    ledger.note(somebody())
    path.write_bytes(line + b"\n" + path.read_bytes())
    with pytest.raises(LedgerError, match="Line 1 of the erasure ledger"):
        list(ledger.read())


def test_a_ledger_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        list(Ledger(tmp_path).read())


@pytest.mark.parametrize("fails", ["os.write", "os.fsync"])
def test_a_note_that_fails_leaves_the_ledger_as_it_was(path: Path, fails: str) -> None:
    ledger = Ledger(path)
    ledger.note(somebody(1))
    before = path.read_bytes()
    write = os.write

    def half(file: int, text: bytes = b"") -> int:
        if fails == "os.write" and len(text) > 20:
            return write(file, text[:20])
        raise OSError(28, "No space left on device")

    with patch(fails, half), pytest.raises(OSError, match="No space"):
        ledger.note(somebody(2))
    assert path.read_bytes() == before


def test_eight_writers_at_once_leave_one_line_each(path: Path) -> None:
    who = [uuid4() for _ in range(40)]
    each = [
        threading.Thread(
            target=lambda mine: [
                Ledger(path).note(Erased(organisation_id=UUID(int=1), client_id=one, at=NOON)) for one in mine
            ],
            args=(who[start::8],),
        )
        for start in range(8)
    ]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    assert {erased.client_id for erased in Ledger(path).read()} == set(who)
