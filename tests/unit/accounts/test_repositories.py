"""People's tables are read in the repositories only, and every function there is told for whom (`security.md`)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from server.db.base import Row

SERVER = Path(__file__).parents[3] / "server"
# `service.pair` and the sign-in know the organisation before they know anybody: it is handed on as a UUID.
FOR_WHOM = {"access: Access", "organisation: UUID"}
# What cannot be asked within an organisation, because it is asked about organisations themselves.
ABOUT_ALL = {"find_organisations", "has_demo"}
READS = {"select", "update", "delete", "insert"}
BY_SESSION = {"get", "get_one", "query", "refresh"}


def reads_of_people(tree: ast.Module) -> Iterator[str]:
    """Yield `line: what` of every statement on a table of people's data, and of every raw one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            tables = names & {each.__name__ for each in Row.__subclasses__()}
            called = ast.unparse(node.func)
            word = called.rpartition(".")[2]
            if (word in READS or ("session" in called and word in BY_SESSION)) and tables:
                yield f"{node.lineno}: {called} {sorted(tables)}"
            elif called == "text" or word == "exec_driver_sql":
                yield f"{node.lineno}: {called}"


def functions_for_anybody(tree: ast.Module) -> Iterator[str]:
    """Yield the public functions that are told neither who asks nor in which organisation."""
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and not node.name.startswith("_"):
            given = {ast.unparse(each) for each in (*node.args.args, *node.args.kwonlyargs)}
            if not given & FOR_WHOM:
                yield node.name


def modules() -> list[Path]:
    return [path for path in SERVER.rglob("*.py") if path.parent != SERVER / "db" and "migrations" not in path.parts]


def test_people_are_read_in_the_repositories_only() -> None:
    import server.app  # noqa: F401, PLC0415 - so that every table is known

    found = {
        str(path.relative_to(SERVER)): reads
        for path in modules()
        if path.name != "repository.py" and (reads := list(reads_of_people(ast.parse(path.read_text()))))
    }
    assert found == {}


def test_every_function_of_a_repository_is_told_for_whom() -> None:
    repositories = [path for path in modules() if path.name == "repository.py"]
    assert len(repositories) >= 3
    found = {name for path in repositories for name in functions_for_anybody(ast.parse(path.read_text()))}
    assert found == ABOUT_ALL


def test_the_lint_sees_what_it_looks_for() -> None:
    planted = """
async def peek(session, key):
    await session.scalars(select(ClientRow).where(ClientRow.id == key))
    await work.session.get(models.ClientRow, key)
    await session.get(ClientRow, key)
    await session.execute(update(MemberRow).values(name=""))
    await session.execute(text("SELECT name FROM clients"))
    await session.scalars(select(func.count()).select_from(ClientRow))
"""
    assert [each.partition(":")[0] for each in sorted(reads_of_people(ast.parse(planted)))] == ["3", "5", "6", "7", "8"]


def test_the_repositories_themselves_would_be_found() -> None:
    assert all(
        list(reads_of_people(ast.parse(path.read_text()))) for path in modules() if path.name == "repository.py"
    )


def test_a_function_for_anybody_would_be_found() -> None:
    tree = ast.parse("async def find(session: AsyncSession, key: UUID) -> None: ...\ndef _own() -> None: ...")
    assert list(functions_for_anybody(tree)) == ["find"]
