"""Statements of SQLAlchemy Core that go straight to the driver, for the few requests a phone makes all day.

SQLAlchemy writes the SQL and knows the types; but of each execution it makes more work than the database does. Here a
statement is compiled once for each dialect, and its values and rows are converted by the same types (decision 0018).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Dialect, Executable, Text, TypeDecorator, Uuid
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]


class Compiled:
    """A statement as one driver takes it."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # every statement we write has it
        self.text = str(compiled)
        binds = compiled.binds
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._bind: Final[list[tuple[str, Convert | None]]] = [
            (name, _impl(binds[name].type, dialect).bind_processor(dialect)) for name in compiled.positiontup or ()
        ]
        returned = getattr(statement, "exported_columns", ())
        found = [_impl(column.type, dialect).result_processor(dialect, None) for column in returned]
        self._result: Final[list[tuple[int, Convert]]] = [
            (place, convert) for place, convert in enumerate(found) if convert is not None
        ]

    def values(self, given: Values) -> list[Any]:
        """Return the values in the order of their places, as the driver takes them."""
        known = {**self._fixed, **given} if self._fixed else given
        return [known[name] if convert is None else convert(known[name]) for name, convert in self._bind]

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row of the driver with the values our types stand for."""
        if not self._result:
            return tuple(found)
        row = list(found)
        for place, convert in self._result:
            row[place] = convert(row[place])
        return tuple(row)


class Statement:
    """A select, insert or update of Core; its values are named by `bindparam`, or for an insert by their columns."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """Return it for a dialect, compiled at the first use."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = Compiled(self._for(dialect), dialect)
        return found

    def _for(self, _dialect: Dialect) -> Executable:
        return self._statement


def _impl(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


class Ids(TypeDecorator[Sequence[Any]]):
    """A list of ids as one value: an array, or JSON where there are none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose by dialect."""
        return dialect.type_descriptor(ARRAY(Uuid()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - by dialect
        """Write ids as SQLite stores them: 32 hexadecimal digits."""
        if value is None or dialect.name == "postgresql":
            return value
        return msgspec.json.encode([each.hex for each in value]).decode()


class Among(ColumnElement[bool]):
    """Whether a column holds one of the ids of a bound list: one text of SQL, however many there are."""

    inherit_cache = False

    def __init__(self, column: Any, ids: ColumnElement[Any]) -> None:  # noqa: ANN401 - a column, or a model's
        self.column = column
        self.ids = ids


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (SQLAlchemy's own)
    return f"{compiler.process(element.column, **given)} = ANY ({compiler.process(element.ids, **given)})"


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (SQLAlchemy's own)
    column, listed = (compiler.process(each, **given) for each in (element.column, element.ids))
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - both are SQLAlchemy's own text
