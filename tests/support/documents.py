"""The project's documents, and what they point at."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
COMMANDS = {"lint-imports", "groundwork check-content"}
"""What `make check` runs and a decision may name as its check."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def broken_links(document: Path, text: str) -> Iterator[str]:
    """Yield the links of a document that lead to no file or heading of the project."""
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        path, _, anchor = link.partition("#")
        target = document.parent / path
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8") if path else text)):
            yield link


def anchors(markdown: str) -> set[str]:
    """Return the anchors that a reader of Markdown gives to headings."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}


def make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def named_targets(markdown: str) -> set[str]:
    return set(re.findall(r"(?:^|`|&& )make ([a-z]+)", markdown, re.MULTILINE))


def checks_of(decision: str) -> list[str]:
    """Return what a decision names as its checks: files, tests, commands and contracts of the import linter."""
    _, found, enforced = decision.partition("**Enforced by:**")
    return re.findall(r"`([^`]+)`", enforced) if found else []


def exists(check: str) -> bool:
    """Whether a check that a decision names is there."""
    path, _, test = check.partition("::")
    if "/" not in path:
        return check in COMMANDS or check in _contracts()
    if not test:
        return (ROOT / path).is_file()
    return (ROOT / path).is_file() and test in _functions(read(path))


def _functions(source: str) -> set[str]:
    return {
        each.name for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _contracts() -> set[str]:
    linter = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]
    return {contract["id"] for contract in linter["contracts"]}
