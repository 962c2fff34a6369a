import ast
from pathlib import Path

import pytest
from support.streak_cases import answered, case

from server.kit import days
from server.practice import streaks

CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}
PURE = ("server.practice.streaks", "server.kit.days")
OTHERS = {"random", "os", "time", "sqlalchemy", "litestar"}


def impurities(source: str) -> set[str]:
    """Calls that read a clock, and imports that could reach beyond the arguments."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            found.add(node.func.attr)
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & OTHERS
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.split(".")[0]} & OTHERS
            found |= {node.module} if node.module.startswith("server.") and not node.module.startswith(PURE) else set()
    return found


MODULES = [*sorted(Path(streaks.__file__).parent.glob("*.py")), Path(days.__file__)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_module_reads_a_clock_or_a_store(module: Path) -> None:
    assert impurities(module.read_text()) == set()


@pytest.mark.parametrize(
    "line", ["datetime.now(UTC)", "import random", "from server.db import unit", "import sqlalchemy"]
)
def test_a_module_that_did_would_be_found(line: str) -> None:
    assert impurities(line)


def test_the_same_facts_give_the_same_report_whenever_it_is_asked_for() -> None:
    given = case(1, 2, 4, now=6)
    assert answered(given) == answered(given)
