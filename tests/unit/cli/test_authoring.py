import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import Result
from support.catalogue import ROOM, Folder
from support.copies import invoke
from support.server import ROOT

from server.cli import COMMANDS, command_named
from server.cli.authoring import first_voice, spoken_seconds

KIND = ("--technique", "grounding", "--track", "anxiety")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def run(folder: Folder, *arguments: str) -> Result:
    return invoke(*arguments, GROUNDWORK_CONTENT=str(folder.path))


def test_a_check_ends_in_a_table_of_what_there_is_and_the_number_of_findings(folder: Folder) -> None:
    checked = run(folder, "check-content")
    assert checked.exit_code == 0, checked.output
    rows = [line.split(maxsplit=1) for line in checked.stdout.splitlines() if not line.startswith(" ")]
    table = {row[0]: row[1].strip() for row in rows}
    assert table["exercises"] == "2"
    assert table["language"] == "en: 2"
    assert table["technique"] == "grounding: 1, breathing: 1, body_scan: 0"
    assert table["load"] == "1: 0, 2: 1, 3: 1, 4: 0, 5: 0"
    assert {"track", "phase"} <= table.keys()
    assert checked.stdout.splitlines()[-1] == "0 errors, 0 warnings."


def test_an_error_is_printed_with_file_line_and_rule_and_ends_the_check_with_1(folder: Folder) -> None:
    line = folder.replace(f"exercises/{ROOM}/en.md", "And the place you are in.", "Clear your mind.")
    checked = run(folder, "check-content")
    assert checked.exit_code == 1
    assert checked.stdout.startswith(f"content/exercises/{ROOM}/en.md:{line}: L20 error ")
    assert checked.stdout.splitlines()[-1] == "1 errors, 0 warnings."


def test_a_warning_does_not_fail_the_check(folder: Folder) -> None:
    folder.replace(f"exercises/{ROOM}/en.md", "is needed. [3 s]", "is needed. [1 s]")
    checked = run(folder, "check-content")
    assert (checked.exit_code, checked.stdout.splitlines()[-1][:9]) == (0, "0 errors,")
    assert " L05 warning " in checked.stdout


def test_a_new_exercise_can_be_checked_and_previewed_at_once(folder: Folder) -> None:
    made = run(folder, "new-exercise", "blue-cup", *KIND)
    assert made.exit_code == 0, made.output
    assert "groundwork preview blue-cup" in made.stdout
    assert sorted(file.name for file in folder.file("exercises/blue-cup").iterdir()) == ["en.md", "exercise.yaml"]
    checked = run(folder, "check-content")
    assert checked.exit_code == 1
    assert "content/exercises/blue-cup/exercise.yaml:" in checked.stdout
    assert " C0" not in checked.stdout
    assert run(folder, "preview", "blue-cup").stdout.startswith("Blue cup · en · medium\n")


def test_what_is_there_is_never_written_over(folder: Folder) -> None:
    before = folder.file(f"exercises/{ROOM}/en.md").read_text()
    refused = run(folder, "new-exercise", ROOM, *KIND)
    assert (refused.exit_code, "already" in refused.stderr) == (1, True)
    assert folder.file(f"exercises/{ROOM}/en.md").read_text() == before


@pytest.mark.parametrize("slug", ["Blue", "blue_cup", "../blue", "blue-", "a" * 61, "", "blåbær"])
def test_a_name_that_is_no_slug_is_refused_and_makes_nothing(folder: Folder, slug: str) -> None:
    refused = run(folder, "new-exercise", slug, *KIND)
    assert (refused.exit_code, "small letters" in refused.stderr) == (1, True)
    assert len(list(folder.file("exercises").iterdir())) == 2


@pytest.mark.parametrize(
    "arguments", [(), ("--technique", "grounding"), ("--technique", "hypnosis", "--track", "anxiety")]
)
def test_technique_and_track_are_words_of_the_vocabulary(folder: Folder, arguments: tuple[str, ...]) -> None:
    assert run(folder, "new-exercise", "blue-cup", *arguments).exit_code == 2


def test_a_preview_has_the_length_the_language_and_the_variants_asked_for(folder: Folder) -> None:
    shown = run(folder, "preview", "soft-wave-breath", "--length", "short", "--variant", "no_baby")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("Soft wave breath · en · short+no_baby\n")
    assert " 0:00  Hello. This is Soft Wave" in shown.stdout


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("no-such-thing",), "no such exercise"),
        ((ROOM, "--language", "es"), "no words in es, only in en"),
        ((ROOM, "--variant", "no_baby", "--variant", "of_gold"), "no variant no_baby, of_gold. It has: "),
    ],
)
def test_what_cannot_be_previewed_is_said_in_a_sentence(folder: Folder, arguments: tuple[str, ...], says: str) -> None:
    refused = run(folder, "preview", *arguments)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert says in refused.stderr


def test_an_exercise_that_breaks_the_format_shows_its_findings_instead(folder: Folder) -> None:
    folder.replace(f"exercises/{ROOM}/en.md", "[3 s]", "[3 sec]")
    refused = run(folder, "preview", ROOM)
    assert refused.exit_code == 1
    assert f"content/exercises/{ROOM}/en.md:" in refused.stderr
    assert " C04 error " in refused.stderr
    assert run(folder, "preview", "soft-wave-breath").exit_code == 0, "control: its neighbour can be read"


def test_a_line_of_the_narrator_takes_as_long_as_its_clips_and_their_gaps() -> None:
    for language, line in (
        ("en", "Hi. This is Here, in This Room. It takes about four minutes."),
        ("es", "Hola. Esto es Aquí, en este cuarto. Dura unos cuatro minutos."),
    ):
        seconds = spoken_seconds(line, first_voice(language))
        assert seconds is not None
        assert 5 < seconds < 12
        assert spoken_seconds("Nobody has ever said this sentence of ours.", first_voice(language)) is None
    assert spoken_seconds(line, first_voice("fr")) is None


def test_whoever_writes_waits_for_no_server_no_database_and_no_sound() -> None:
    heavy = ("litestar", "sqlalchemy", "numpy", "av", "uvicorn")
    code = f"""
import sys
from server.cli import command_named
command_named(sys.argv[1])
print([name for name in {heavy} if name in sys.modules])
"""
    loaded = {
        command: subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", code, command], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        ).stdout
        for command in ("check-content", "new-exercise", "preview", "serve")
    }
    assert loaded["check-content"] == loaded["new-exercise"] == loaded["preview"] == "[]\n"
    assert "litestar" in loaded["serve"], "control"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_stands_in_the_module_the_table_says(name: str) -> None:
    command = command_named(name)
    assert command is not None
    assert command.name == name


def test_every_command_of_every_module_is_in_the_table() -> None:
    modules = [file.stem for file in (ROOT / "server" / "cli").glob("*.py") if "\nCOMMANDS = (" in file.read_text()]
    assert set(COMMANDS.values()) == set(modules)
    for module in modules:
        names = {command.name for command in import_module(f"server.cli.{module}").COMMANDS}
        assert names == {name for name, place in COMMANDS.items() if place == module}
    assert command_named("no-such-command") is None
