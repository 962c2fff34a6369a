"""`groundwork render`: what it chooses, and what it does about a broken promise."""

from pathlib import Path

import pytest
from click.testing import Result
from support.catalogue import Folder
from support.copies import invoke
from support.web import logging_kept

RENDERED = "1 rendered, 0 there already, 0 impossible."
THERE = "0 rendered, 1 there already, 0 impossible."


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).with_landing()


def render(folder: Folder, *arguments: str) -> Result:
    with logging_kept():
        return invoke("render", *arguments, GROUNDWORK_CONTENT=str(folder.path), GROUNDWORK_DATA=str(data(folder)))


def data(folder: Folder) -> Path:
    return folder.path.parent / "data"


def files(folder: Folder) -> list[Path]:
    return sorted((data(folder) / "audio" / "files").rglob("[0-9a-f]" * 64))


def test_a_broken_file_is_named_with_the_command_that_makes_it_again(folder: Folder) -> None:
    made = render(folder, "--only", "land-now", "--voice", "af_heart", "--jobs", "1")
    assert (made.exit_code, made.stdout.splitlines()) == (0, [RENDERED]), made.output
    spoilt = files(folder)[0]
    whole = spoilt.read_bytes()
    spoilt.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = render(folder, "land-now", "--check", "--voice", "af_heart")
    assert found.exit_code == 1
    fault, count, advice = found.stdout.splitlines()
    assert fault.startswith("land-now en ")
    assert fault.endswith("Its bytes are not those of its record.")
    assert count == "1 listened to, 1 promises broken, 0 not rendered."
    assert advice == "`groundwork render --mend land-now` makes again what is broken."
    assert render(folder, "land-now", "--voice", "af_heart").stdout.splitlines() == [THERE], (
        "control: by its size alone it is whole"
    )

    mended = render(folder, "--mend", "land-now", "--voice", "af_heart")
    assert mended.exit_code == 0
    assert mended.stdout.splitlines()[1:] == [count, RENDERED]
    assert files(folder)[0].read_bytes() == whole


@pytest.mark.parametrize("more", [(), ("--check",), ("--mend", "--only", "land-now")])
def test_a_voice_that_nobody_recorded_is_refused_and_nothing_is_rendered(folder: Folder, more: tuple[str, ...]) -> None:
    refused = render(folder, "--voice", "nobody", *more)
    assert refused.exit_code == 2
    assert "Nothing is recorded by nobody, only by af_heart" in " ".join(refused.stderr.replace("│", "").split())
    assert not data(folder).exists()


def test_an_exercise_that_is_not_there_is_refused_whichever_way_it_is_named(folder: Folder) -> None:
    for arguments in (("land-on",), ("--only", "land-on"), ("land-now", "--only", "land-on"), ("--mend", "land-on")):
        refused = render(folder, *arguments)
        assert (refused.exit_code, refused.stderr) == (1, "The catalogue has no such exercise.\n")
    assert not files(folder)
