"""Each gate of `make check` lets the project through and stops a planted fault."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.copies import invoke
from support.server import ROOT

BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their settings, free to be spoilt."""
    for name in ("server", "audio"):
        ignored = shutil.ignore_patterns("__pycache__", "narration")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(  # noqa: S603 - our own tools
        [BIN / command[0], *command[1:]], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def plant(folder: Path, name: str, line: str) -> None:
    path = folder / name
    path.write_text(f"{path.read_text()}\n{line}\n")


@pytest.mark.parametrize(
    "name, line, contract",
    [
        ("server/kit/clock.py", "import server.web.kit", "Each package of the server imports only"),
        ("server/practice/service.py", "import litestar", "know nothing of the web framework"),
        ("server/catalogue/search.py", "import sqlalchemy", "know nothing of SQL"),
        ("server/care/api.py", "import server.care.repository", "touches neither repository nor models"),
        ("server/accounts/service.py", "import server.accounts.api", "Inside a slice"),
        ("server/practice/service.py", "import audio.timeline", "Only media and the commands import the studio"),
        ("audio/mix.py", "import server.kit.clock", "The studio knows nothing of the server"),
        ("audio/encode.py", "import pydub", "pydub works on segments"),
    ],
)
def test_an_import_in_the_wrong_direction_is_found(copy: Path, name: str, line: str, contract: str) -> None:
    plant(copy, name, line)
    found = run(copy, "lint-imports", "--no-cache")
    assert found.returncode == 1
    assert any(contract in each and "BROKEN" in each for each in found.stdout.splitlines()), found.stdout


def test_a_package_that_no_layer_names_is_found(copy: Path) -> None:
    (copy / "server" / "stray").mkdir()
    (copy / "server" / "stray" / "__init__.py").write_text("")
    found = run(copy, "lint-imports", "--no-cache")
    assert found.returncode == 1
    assert "server.stray" in found.stdout


def test_the_import_directions_hold_as_they_are(copy: Path) -> None:
    found = run(copy, "lint-imports", "--no-cache")
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("line", ["import os", "def f(x):\n    return x", "print(1)", 'assert 1, "x"'])
def test_a_fault_of_style_is_found(copy: Path, line: str) -> None:
    assert run(copy, "ruff", "check", "server/kit/clock.py").returncode == 0
    plant(copy, "server/kit/clock.py", line)
    assert run(copy, "ruff", "check", "server/kit/clock.py").returncode == 1


def test_a_file_that_is_not_formatted_is_found(copy: Path) -> None:
    assert run(copy, "ruff", "format", "--check", "server/kit").returncode == 0
    plant(copy, "server/kit/clock.py", "x = {  'a':1 }")
    assert run(copy, "ruff", "format", "--check", "server/kit").returncode == 1


def test_a_fault_of_types_is_found(copy: Path) -> None:
    strict = ("mypy", "--config-file", "pyproject.toml", "--cache-dir", "cache", "server/kit/ids.py")
    assert run(copy, *strict).returncode == 0
    plant(copy, "server/kit/ids.py", 'wrong: int = "one"')
    found = run(copy, *strict)
    assert (found.returncode, "[assignment]" in found.stdout) == (1, True)


def test_a_broken_script_is_found(tmp_path: Path) -> None:
    content = shutil.copytree(ROOT / "content", tmp_path / "content")
    assert invoke("check-content", GROUNDWORK_CONTENT=str(content)).exit_code == 0
    words = content / "exercises" / "land-now" / "en.md"
    words.write_text(words.read_text().replace("[2 s]", "You must calm down now. [2 s]", 1))
    found = invoke("check-content", GROUNDWORK_CONTENT=str(content))
    assert found.exit_code == 1
    assert "land-now/en.md:" in found.stdout
    assert "L20 error" in found.stdout
