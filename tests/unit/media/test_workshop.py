import multiprocessing
import os
import time
from pathlib import Path

import pytest

from server.media.workshop import claim, sweep, workshop_of

RECIPE = "ab" * 32


def test_a_claimed_room_is_empty_and_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / RECIPE).mkdir()
    (tmp_path / RECIPE / "half").write_bytes(b"left by a process that died")
    with claim(tmp_path, RECIPE) as room:
        assert room is not None
        assert list(room.iterdir()) == []
        (room / "half").write_bytes(b"mine")
    assert list(tmp_path.iterdir()) == []


def test_one_recipe_has_one_room_at_a_time(tmp_path: Path) -> None:
    with claim(tmp_path, RECIPE) as mine, claim(tmp_path, RECIPE) as other, claim(tmp_path, "cd" * 32) as elsewhere:
        assert mine is not None
        assert other is None
        assert elsewhere is not None
    with claim(tmp_path, RECIPE) as mine:
        assert mine is not None


def test_a_room_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), claim(tmp_path, RECIPE):
        raise OSError("the disk is full")
    with claim(tmp_path, RECIPE) as room:
        assert room is not None


def die_in(workshop: Path) -> None:
    with claim(workshop, RECIPE) as room:
        assert room is not None
        (room / "half").write_bytes(b"half")
        os._exit(9)


def test_a_process_that_dies_lets_go_of_its_room_and_a_sweep_empties_it(tmp_path: Path) -> None:
    workshop = workshop_of(tmp_path)
    process = multiprocessing.get_context("fork").Process(target=die_in, args=(workshop,))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert (workshop / RECIPE / "half").exists()
    sweep(tmp_path)
    assert list(workshop.iterdir()) == []


def test_a_sweep_leaves_a_room_in_use(tmp_path: Path) -> None:
    with claim(workshop_of(tmp_path), RECIPE) as room:
        assert room is not None
        (room / "half").write_bytes(b"mine")
        sweep(tmp_path)
        assert (room / "half").exists()


def test_a_sweep_removes_what_was_staged_long_ago_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "files" / "ab"
    folder.mkdir(parents=True)
    for name in (RECIPE, f"{RECIPE}#1", f"{RECIPE}#2"):
        (folder / name).write_bytes(b"x")
    long_ago = time.time() - 7200
    os.utime(folder / RECIPE, (long_ago, long_ago))
    os.utime(folder / f"{RECIPE}#1", (long_ago, long_ago))
    sweep(tmp_path)
    assert {path.name for path in folder.iterdir()} == {RECIPE, f"{RECIPE}#2"}
