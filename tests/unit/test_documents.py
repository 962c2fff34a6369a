import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from support.documents import (
    DECISIONS,
    DOCUMENTS,
    ROOT,
    broken_links,
    checks_of,
    exists,
    make_targets,
    named_targets,
    read,
)

from server.cli import COMMANDS
from server.practice.schemas import NotCounted, Status
from server.settings import SETTINGS

LOCKS = ("requirements.txt", "requirements-dev.txt")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    assert list(broken_links(document, document.read_text(encoding="utf-8"))) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    text = "# One\n[a](gone.md) [b](README.md#gone) [c](#one) [d](README.md) [e](https://example.org)"
    assert list(broken_links(ROOT / "NEW.md", text)) == ["gone.md", "README.md#gone"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_target_of_make_that_is_named_is_there(name: str) -> None:
    named = named_targets(read(name))
    assert {"run", "test"} <= named <= make_targets(read("Makefile"))
    assert named_targets("`make bench`") - make_targets("run:\n") == {"bench"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_is_there(document: Path) -> None:
    named = set(
        re.findall(r"(?:^|`|bin/)groundwork ([a-z][a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named <= COMMANDS.keys()


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_a_page_that_names_checks_which_are_there(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    parts = ["**Context.**", "**Decision.**", "**Consequences.**", "**Enforced by:**"]
    places = [text.find(part) for part in parts]
    assert text.startswith(f"# {decision.name[:4]} ")
    assert -1 not in places
    assert places == sorted(places)
    assert len(text.splitlines()) <= 60
    assert [check for check in checks_of(text) if not exists(check)] == []
    assert checks_of(text)


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(each.name[:4]) for each in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize(
    "check", ["make tea", "tests/gone.py", "tests/unit/test_documents.py::test_gone", "no-such-contract"]
)
def test_a_check_that_is_not_there_is_found(check: str) -> None:
    assert checks_of(f"**Enforced by:** `{check}`") == [check]
    assert not exists(check)


def test_the_table_of_settings_is_that_of_the_program() -> None:
    rows = [
        f"| `{each.variable}` | {each.about} | {each.allowed} | {f'`{each.default}`' if each.default else ''} |"
        for each in SETTINGS.values()
    ]
    table = [line for line in read("docs/operations.md").splitlines() if line.startswith("| `GROUNDWORK_")]
    assert table == rows


def test_the_outbox_is_explained_with_every_status_and_reason() -> None:
    text = read("docs/sync.md")
    assert set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE)) == set(get_args(Status))
    assert all(f"`{reason}`" in text for reason in get_args(NotCounted))


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), re.MULTILINE)[0] == version


def test_the_licence_is_the_one_the_package_names() -> None:
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "Apache-2.0"
    assert read("LICENSE").split()[:5] == ["Apache", "License", "Version", "2.0,", "January"]
    assert "END OF TERMS AND CONDITIONS" in read("LICENSE")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = read(lock)
    pinned = re.findall(r"^[a-z0-9.-]+==.*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pinned) > 20
    assert all("--hash=sha256:" in each for each in pinned)
    assert "://" not in text


def test_the_readme_says_what_groundwork_is_not() -> None:
    text = " ".join(read("README.md").replace(">", " ").split())
    assert "No clinician has reviewed any of the content" in text
    assert "cannot see an emergency" in text
    assert "Not shown on any machine yet: building the container image" in text
