"""People's tables are read in the repositories only, and every function there is told for whom (`security.md`)."""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVER = Path(__file__).parents[3] / "server"
FOR_WHOM = {"access: Access", "organisation: UUID"}
# What cannot be asked within one organisation: about organisations themselves, and the lock for retiring keys.
ABOUT_ALL = {"find_organisations", "has_demo", "list_handles", "list_organisations", "stop_writers"}
STATEMENTS = {"select", "update", "delete", "insert", "text", "postgresql", "sqlite", "*"}
READS = {"get", "get_one", "scalar", "scalars", "execute", "stream", "stream_scalars", "refresh", "connection"}


def reads(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that makes or sends a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from ((node.lineno, each.name) for each in node.names if each.name in STATEMENTS)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names if each.name.startswith("sqlalchemy"))
        elif isinstance(node, ast.Attribute) and node.attr in READS:
            of = ast.unparse(node.value)
            if of == "session" or of.endswith(".session"):
                yield node.lineno, f"{of}.{node.attr}"


def functions_for_anybody(tree: ast.Module) -> Iterator[str]:
    """Yield the public functions that are told neither who asks nor in which organisation."""
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and not node.name.startswith("_"):
            given = {ast.unparse(each) for each in (*node.args.args, *node.args.kwonlyargs)}
            if not given & FOR_WHOM:
                yield node.name


def modules() -> list[Path]:
    """Return the modules of the server, without the package that holds no people's table."""
    return [path for path in SERVER.rglob("*.py") if SERVER / "db" not in path.parents]


def repositories() -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in modules() if path.name == "repository.py"]


def test_people_are_read_in_the_repositories_only() -> None:
    others = [path for path in modules() if path.name != "repository.py"]
    assert {str(path): list(reads(ast.parse(path.read_text()))) for path in others} == {str(p): [] for p in others}


def test_every_function_of_a_repository_is_told_for_whom() -> None:
    assert {name for tree in repositories() for name in functions_for_anybody(tree)} == ABOUT_ALL


def test_the_repositories_themselves_would_be_found() -> None:
    assert len(repositories()) >= 3
    assert all(list(reads(tree)) for tree in repositories())


def test_a_read_elsewhere_would_be_found() -> None:
    planted = """
from sqlalchemy import DateTime, select
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
async def peek(work, session, key):
    await work.session.get(ClientRow, key)
    await session.scalars(query)
    work.session.add(ClientRow())
    await work.session.flush()
"""
    assert [line for line, _ in sorted(reads(ast.parse(planted)))] == [2, 3, 4, 6, 7]


def test_a_function_for_anybody_would_be_found() -> None:
    planted = """
async def find(session: AsyncSession, key: UUID) -> None: ...
async def lock(session: AsyncSession, organisation: UUID, key: UUID) -> None: ...
async def list_all(session: AsyncSession, access: Access) -> None: ...
def _own() -> None: ...
"""
    assert list(functions_for_anybody(ast.parse(planted))) == ["find"]
