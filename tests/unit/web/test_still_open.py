"""A file that stays open between small parts of it: what is read is always what stands at its place now."""

import gc
from pathlib import Path
from typing import BinaryIO

import pytest

from server.web.files import StillOpen

CONTENT = b"0123456789"


class Opened:
    """Opens a file, and keeps what it gave."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.given: list[BinaryIO] = []

    def __call__(self) -> BinaryIO:
        self.given.append(self.path.open("rb", buffering=0))
        return self.given[-1]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    (tmp_path / "file").write_bytes(CONTENT)
    return Opened(tmp_path / "file")


def test_it_is_opened_once_for_all_its_parts(opened: Opened) -> None:
    file = StillOpen(opened, len(CONTENT))
    assert [file.read(0, 3), file.read(7, 3), file.read(3, 4)] == [b"012", b"789", b"3456"]
    assert len(opened.given) == 1


def test_it_is_closed_with_what_read_it(opened: Opened) -> None:
    file = StillOpen(opened, len(CONTENT))
    file.read(0, 1)
    assert not opened.given[0].closed
    del file
    gc.collect()
    assert opened.given[0].closed


def test_what_took_its_place_is_read_and_the_old_one_closed(opened: Opened) -> None:
    file = StillOpen(opened, len(CONTENT))
    file.read(0, 1)
    opened.path.unlink()
    opened.path.write_bytes(CONTENT[::-1])
    assert file.read(0, 3) == b"987"
    assert [each.closed for each in opened.given] == [True, False]


def test_a_file_that_went_away_is_an_error_until_it_is_back(opened: Opened) -> None:
    file = StillOpen(opened, len(CONTENT))
    file.read(0, 1)
    opened.path.unlink()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            file.read(0, 1)
    opened.path.write_bytes(CONTENT)
    assert file.read(0, 1) == b"0"


def test_a_file_that_was_cut_short_is_an_error_until_it_is_whole(opened: Opened) -> None:
    file = StillOpen(opened, len(CONTENT))
    file.read(0, 1)
    opened.path.write_bytes(CONTENT[:5])
    for _ in range(2):
        with pytest.raises(OSError, match="another size"):
            file.read(0, 1)
    opened.path.write_bytes(CONTENT)
    assert file.read(0, 1) == b"0"
