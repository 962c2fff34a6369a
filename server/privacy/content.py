"""What an archive says, made sure of before anything is written: it was in other hands meanwhile."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct
from sqlalchemy import Column, Table

from server.accounts.schemas import ChangeClient, LeftOut, Name
from server.care.flags.schemas import Screening
from server.care.items import PracticeItem
from server.care.schemas import NewSession, Title
from server.db.base import Row
from server.kit.days import UnknownZoneError, on_calendar, zone_named
from server.kit.errors import Invalid
from server.practice.items import read_item
from server.practice.schemas import Result
from server.privacy.tables import CLIENTS, SETS, archived_columns, archived_tables, is_sealed, owner_column

Rows = dict[str, list[dict[str, Any]]]

# Columns are narrower than this, and no text of the API is longer.
_Whole = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Text = Annotated[str, Meta(max_length=24_000)]
_Moment = Annotated[datetime, Meta(tz=True)]
_BOUNDED: Final = {int: _Whole, str: _Text, datetime: _Moment}


class _Set(Struct, frozen=True, kw_only=True):
    title: Title
    items: Annotated[tuple[PracticeItem, ...], Meta(min_length=1, max_length=40)]


class _Named(Struct, frozen=True, kw_only=True):
    name: Name


# What may be said of the same things over the API.
_SHAPES: Final[Mapping[str, type[Struct]]] = {
    CLIENTS: ChangeClient,
    "practice_sets": _Set,
    "sessions": NewSession,
    "support_persons": _Named,
}
_ITEMS: Final = {"check_ins": "check_in", "completions": "completion", "zone_reports": "zone"}


class _Unfit(Exception):  # noqa: N818 - what is wrong with a line, told on as Invalid
    """A line is not what its table holds."""


def read_content(client: UUID, lines: Mapping[str, list[dict[str, Any]]], now: datetime) -> Rows:
    """Return an archive's lines as the values of rows, by table.

    Raises:
        Invalid: a line is not what its table holds, belongs to somebody else, is there twice, or points at nothing.
    """
    rows: Rows = {}
    for table in archived_tables():
        try:
            rows[table.name] = [_read(table, line, client, now) for line in lines[table.name]]
        except (_Unfit, UnknownZoneError, msgspec.MsgspecError):
            raise Invalid(f"A line of {table.name}.jsonl does not fit.", code="bad_line") from None
        _refuse_twins(table, rows[table.name])
        _refuse_loose_ends(table, rows)
    if len(rows[CLIENTS]) != 1:
        raise Invalid("This archive does not hold the client it names.", code="bad_line")
    return rows


def _read(table: Table, line: Mapping[str, Any], client: UUID, now: datetime) -> dict[str, Any]:
    columns = {column.name: column for column in archived_columns(table)}
    if line.keys() - columns.keys() or any("\0" in text for text in _texts(line)):
        raise _Unfit
    row = {name: msgspec.convert(line.get(name), _type_of(column)) for name, column in columns.items()}
    if any(value is None and not columns[name].nullable for name, value in row.items()):
        raise _Unfit
    if any(isinstance(value, date) and not on_calendar(value) for value in row.values()):
        raise _Unfit
    if table.name != SETS and row[owner_column(table).name] != client:
        raise _Unfit
    if "zone" in row:
        zone_named(row["zone"])
    if table.name in _SHAPES:
        msgspec.convert(line, _SHAPES[table.name])
    if table.name == CLIENTS:
        msgspec.json.decode(row["left_out"], type=LeftOut)
    if table.name == "client_flags":
        msgspec.json.decode(row["screening"], type=Screening)
    _check_item(table.name, line, now)
    return row


def _check_item(table: str, line: Mapping[str, Any], now: datetime) -> None:
    """Hold what a phone once delivered to the rules that it is delivered by."""
    if table in _ITEMS:
        item = {"id": line.get("id", UUID(int=0)), "op": "put", "type": _ITEMS[table], "body": line}
        if isinstance(read_item(Raw(msgspec.json.encode(item)), 0, now, b""), Result):
            raise _Unfit


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in (*value, *value.values()):
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@cache
def _type_of(column: Column[object]) -> Any:  # noqa: ANN401 (any type annotation)
    """Return what a column may hold, as the model that owns it is annotated; JSON leaves out what is null."""
    if is_sealed(column):
        return _Text | None
    told = annotation_of(column)
    parts = getattr(told, "__args__", ())
    bare = next((each for each in (told, *parts) if each in _BOUNDED), None)
    return (told if bare is None else _BOUNDED[bare]) | None


def annotation_of(column: Column[object]) -> Any:  # noqa: ANN401 (any type annotation)
    """Return what the model says that a column holds: `Mapped[this]`."""
    owner = next(mapper.class_ for mapper in Row.registry.mappers if mapper.local_table is column.table)
    told = (inspect.get_annotations(each).get(column.name) for each in owner.__mro__)
    return next(each for each in told if each is not None).__args__[0]


def _refuse_twins(table: Table, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in table.primary_key if column.name != "organisation_id"]
    if len({tuple(row[name] for name in names) for row in rows}) != len(rows):
        raise Invalid(f"A line of {table.name}.jsonl is there twice.", code="bad_line")


def _refuse_loose_ends(table: Table, rows: Rows) -> None:
    """Refuse a line that points at what the archive does not hold: it might be somebody else's here."""
    for key in table.foreign_key_constraints:
        if key.referred_table.name not in rows:
            continue
        pairs = [(each.parent.name, each.column.name) for each in key.elements if each.parent.name != "organisation_id"]
        there = {tuple(row[name] for _, name in pairs) for row in rows[key.referred_table.name]}
        for row in rows[table.name]:
            meant = tuple(row[name] for name, _ in pairs)
            if None not in meant and meant not in there:
                raise Invalid(f"A line of {table.name}.jsonl points at nothing.", code="bad_line")
