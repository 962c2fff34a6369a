"""Reads and writes of the audit. Every function is given the organisation."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Select, Text, cast, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from server.audit.models import AuditHeadRow, AuditRow
from server.audit.schemas import Entry, Link, Seal

BATCH = 500
# Below every number: an entry that somebody numbered 0 or less must be seen, too.
LEAST = -(2**63)
# SQLite's columns hold whatever an intruder wrote: a cast makes bytes, text or a number of it.
MAC = cast(AuditRow.mac, LargeBinary)


async def lock_seal(session: AsyncSession, organisation: UUID, start: Seal) -> Seal:
    """Return the seal behind the newest entry, `start` if there is none, locked: writers of a clinic queue here.

    One statement, so that two first entries cannot come to a unique violation.
    """
    # Both dialects spell it alike, and SQLAlchemy has a class for each.
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begun = make(AuditHeadRow).values(organisation_id=organisation, number=start.number, mac=start.mac)
    locked = begun.on_conflict_do_update(
        index_elements=[AuditHeadRow.organisation_id], set_={"number": AuditHeadRow.number}
    )
    number, mac = (await session.execute(locked.returning(AuditHeadRow.number, AuditHeadRow.mac))).one()
    return Seal(number=number, mac=mac)


async def add_entries(
    session: AsyncSession, organisation: UUID, entries: Sequence[Entry], macs: Sequence[bytes], seal: Seal
) -> None:
    """Write the entries that lead to `seal`, and move the stored seal there: two statements."""
    first = seal.number - len(entries) + 1
    rows = [
        {
            "organisation_id": organisation,
            "number": number,
            "at": entry.at,
            "actor_id": entry.actor,
            "actor_role": entry.role,
            "action": entry.action,
            "client_id": entry.client,
            "object_id": entry.object,
            "mac": mac,
        }
        for number, (entry, mac) in enumerate(zip(entries, macs, strict=True), first)
    ]
    await session.execute(insert(AuditRow), rows)
    head = update(AuditHeadRow).where(AuditHeadRow.organisation_id == organisation)
    await session.execute(head.values(number=seal.number, mac=seal.mac))


async def find_end(session: AsyncSession, organisation: UUID) -> tuple[Seal | None, int]:
    """Return the stored seal and the highest number (0 without entries), both of one moment: others go on writing."""
    highest = select(func.coalesce(func.max(cast(AuditRow.number, BigInteger)), 0).label("last"))
    last = highest.where(AuditRow.organisation_id == organisation).subquery()
    stored = select(
        cast(AuditHeadRow.number, BigInteger).label("number"), cast(AuditHeadRow.mac, LargeBinary).label("mac")
    )
    seal = stored.where(AuditHeadRow.organisation_id == organisation).subquery()
    both = select(last.c.last, seal.c.number, seal.c.mac).select_from(last.outerjoin(seal, true()))
    end, number, mac = (await session.execute(both)).one()
    return (None if mac is None else Seal(number=number, mac=mac)), end


async def read_links(session: AsyncSession, organisation: UUID, last: int) -> AsyncIterator[Link]:
    """Yield the links up to the number `last` in order, read a batch at a time."""
    number = LEAST
    while batch := await _batch(session, organisation, number, last, BATCH):
        for link in batch:
            yield link
        number = batch[-1].number


async def _batch(session: AsyncSession, organisation: UUID, after: int, last: int, most: int) -> list[Link]:
    query = _between(organisation, after, last).limit(most)
    try:
        return [_link(*row) for row in await session.execute(query)]
    except (ArithmeticError, AttributeError, TypeError, ValueError, DBAPIError):
        if most > 1:
            return await _batch(session, organisation, after, last, most // 2)
        # What stands in it cannot be read; where it is, and what the next one follows, can.
        number, mac = (await session.execute(query.with_only_columns(AuditRow.number, MAC))).one()
        return [Link(number=number, entry=None, mac=mac)]


def _between(organisation: UUID, after: int, last: int) -> Select[*tuple[Any, ...]]:
    # There is no cast to an instant or an id: what is none raises when it is read, as does PostgreSQL's year 20000.
    query = select(
        AuditRow.number,
        MAC,
        AuditRow.at,
        AuditRow.actor_id,
        cast(AuditRow.actor_role, Text),
        cast(AuditRow.action, Text),
        AuditRow.client_id,
        AuditRow.object_id,
    )
    own = query.where(AuditRow.organisation_id == organisation)
    return own.where(AuditRow.number > after, AuditRow.number <= last).order_by(AuditRow.number)


def _link(number: int, mac: bytes, *fields: Any) -> Link:  # noqa: ANN401 (columns of six types)
    at, actor, role, action, client, subject = fields
    entry = Entry(at=at, actor=actor, role=role, action=action, client=client, object=subject)
    return Link(number=number, entry=entry, mac=mac)


async def list_newest(
    session: AsyncSession, organisation: UUID, client: UUID | None, before: int | None, limit: int
) -> Sequence[AuditRow]:
    """Return at most `limit` entries below the number `before`, newest first; of one `client`'s record, if given."""
    query = select(AuditRow).where(AuditRow.organisation_id == organisation)
    if client is not None:
        query = query.where(AuditRow.client_id == client)
    if before is not None:
        query = query.where(AuditRow.number < before)
    return (await session.scalars(query.order_by(AuditRow.number.desc()).limit(limit))).all()
