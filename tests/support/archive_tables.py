"""The part of docs/privacy.md that tells the tables of an archive, made from the models."""

import inspect
from typing import Any

from server.db.base import Row
from server.privacy.content import annotation_of
from server.privacy.tables import archived_columns, archived_tables, is_sealed

WORDS = {
    "UUID": "id",
    "datetime": "instant",
    "date": "date",
    "time": "time of day",
    "int": "whole number",
    "str": "text",
    "bool": "true or false",
}


def documented() -> str:
    """Return a table of Markdown for each table of an archive."""
    return "\n".join(part for table in archived_tables() for part in _lines(table))


def _lines(table: Any) -> list[str]:
    owner = next(mapper.class_ for mapper in Row.registry.mappers if mapper.local_table is table)
    said = (inspect.getdoc(owner) or "").partition("\n")[0]
    rows = [
        f"| `{column.name}` | {_told(column)}{', may be absent' if column.nullable else ''} |"
        for column in archived_columns(table)
    ]
    return [f"### {table.name}", "", said, "", "| field | what it is |", "|---|---|", *rows, ""]


def _told(column: Any) -> str:
    if is_sealed(column):
        return "text (sealed in the database)"
    told = annotation_of(column)
    parts = [each for each in getattr(told, "__args__", ()) if each is not type(None)]
    if all(isinstance(each, str) for each in parts) and parts:
        return "one of " + ", ".join(f"`{each}`" for each in parts)
    kinds = [each for each in (told, *parts) if getattr(each, "__name__", "") in WORDS]
    if kinds:
        return WORDS[kinds[0].__name__]
    nested = [each for part in parts for each in getattr(part, "__args__", ())]
    if nested and all(isinstance(each, str) for each in nested):
        return "one of " + ", ".join(f"`{each}`" for each in nested)
    return "list, as the API tells it"
