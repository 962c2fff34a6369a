"""A row of every table that a request can name: one that people have made, or else an invented one."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import Table, TypeDecorator, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine
from support.clinic import NOON, Person
from support.matrix import PLACES, owner_column

from server.db.base import SealedText
from server.vault.keys import Keys
from server.vault.sealing import Place
from server.vault.service import Vault


class Home(Struct, frozen=True, kw_only=True):
    """A client and whoever cares for them."""

    organisation: UUID
    therapist: Person
    phone: Person


async def rows_of(
    session: AsyncSession, keys: Keys, tables: set[Table], homes: list[Home]
) -> dict[tuple[str, bool, str], UUID]:
    """Return the id of a row of each table, for each place and for clients and staff."""
    return {
        (place, of_client, table.name): await _row(session, keys, table, home, of_client=of_client)
        for place, home in zip(PLACES, homes, strict=False)
        for table in tables
        for of_client in (True, False)
    }


async def _row(session: AsyncSession, keys: Keys, table: Table, home: Home, *, of_client: bool) -> UUID:
    if table.name == "members":
        return UUID(home.therapist.id)
    query = select(table.c.id).where(table.c.organisation_id == home.organisation).order_by(table.c.id).limit(1)
    for name, who in _owner(table, home, of_client=of_client).items():
        query = query.where(table.c[name] == who)
    return await session.scalar(query) or await _invent(session, keys, table, home, of_client=of_client)


def _owner(table: Table, home: Home, *, of_client: bool) -> dict[str, UUID]:
    """Return whose a row is: the client it is about, or else the member, or whoever signed in."""
    client, member, column = UUID(home.phone.id), UUID(home.therapist.id), owner_column(table)
    whose = {"id": client, "client_id": client, "member_id": member, "subject_id": client if of_client else member}
    return {column: whose[column]} if column else {}


async def _invent(session: AsyncSession, keys: Keys, table: Table, home: Home, *, of_client: bool) -> UUID:
    """Write a row that nobody makes by what the world furnishes: its ids are right, and the rest is anything."""
    known = {"organisation_id": home.organisation, "id": uuid4(), **_owner(table, home, of_client=of_client)}
    for key in table.foreign_keys:
        if key.parent.name not in known and key.column.name == "id":
            known[key.parent.name] = await _row(session, keys, key.column.table, home, of_client=of_client)
    needed = [each for each in table.columns if each.name in known or not each.nullable]
    values = {each.name: known.get(each.name, _anything(each.type)) for each in needed}
    lacking = [name for name, value in values.items() if value is None]
    assert not lacking, f"Teach tests/support/world.py to furnish a row of `{table.name}`: {lacking} cannot be guessed."
    key = await Vault(session, keys).key(home.organisation, owner := values.get("client_id", home.organisation))
    for column in [each.name for each in needed if isinstance(each.type, SealedText)]:
        place = Place(table=table.name, column=column, organisation=home.organisation, owner=owner, row=known["id"])
        values[column] = key.seal(place, "anything")
    await session.execute(insert(table).values(values))
    return known["id"]


def _anything(kind: TypeEngine[Any]) -> Any:
    """Return a value of a column's type, another one each time, since it may have to be."""
    of = kind.impl_instance.python_type if isinstance(kind, TypeDecorator) else kind.python_type
    some = {UUID: uuid4(), str: uuid4().hex, bytes: uuid4().bytes, datetime: NOON + timedelta(minutes=10)}
    return {**some, date: NOON.date(), time: NOON.time(), int: 1, bool: False}.get(of)
