"""A select that enters its organisation by itself, so that PostgreSQL is asked once where it is asked three times."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Executable, Select, Text, Uuid, bindparam, cast, func, literal_column, select, true
from sqlalchemy.sql import ColumnElement

from server.db.statement import Statement

Query = Callable[[ColumnElement[Any]], Select[Any]]


class EnteringStatement(Statement):
    """`query` gets what stands for the organisation, which the values name `organisation`."""

    def __init__(self, query: Query) -> None:
        super().__init__(query(bindparam("organisation", type_=Uuid())))
        self._entered = _entered(query)

    def _for(self, dialect: Dialect) -> Executable:
        return self._entered if dialect.name == "postgresql" else super()._for(dialect)


def _entered(query: Query) -> Select[Any]:
    """Enter first, for this statement's own transaction alone, and read by what that returned.

    OFFSET 0 keeps the planner from merging the two: the inner select is then only ever run with a row of the outer
    one at hand. Were it run before, it would see nothing (`server.db.isolation`).
    """
    name = cast(bindparam("organisation", type_=Uuid()), Text)
    tenant = select(cast(func.set_config("app.organisation", name, true()), Uuid).label("id")).subquery("tenant")
    found = query(tenant.c.id).offset(literal_column("0")).lateral("found")
    return select(*found.c).select_from(tenant.join(found, true()))
