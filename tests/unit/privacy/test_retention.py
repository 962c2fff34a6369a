from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, func, insert, select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.living import live, tells

from server.accounts.models import MemberRow
from server.db.base import Instant, Row
from server.db.unit import unit_of_work
from server.privacy.retention import RULES, Rule, apply

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
MOMENT = timedelta(seconds=1)


def test_whatever_expires_is_let_go_of_some_day() -> None:
    expiring = {
        table.name
        for table in Row.metadata.sorted_tables
        if any("expires_at" in column.name for column in table.columns)
    }
    assert expiring <= {rule.table for rule in RULES}
    # What is read by people: the record, consents, the audit.
    assert {rule.table for rule in RULES} == expiring | {"guesses"}


async def _organisation(clinic: Clinic, theo: Person) -> UUID:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(MemberRow.organisation_id).where(MemberRow.id == UUID(theo.id))
        return (await session.scalars(query)).one()


async def _add(clinic: Clinic, rule: Rule, known: dict[str, UUID], *instants: datetime) -> None:
    """Add a row of a rule's table for each instant."""
    table = Row.metadata.tables[rule.table]
    async with unit_of_work(clinic.sessions, writes=True) as session:
        for instant in instants:
            needed = [each for each in table.columns if not each.nullable or each.name in rule.since]
            values = {each.name: _value(each, rule, known, instant) for each in needed}
            await session.execute(insert(table).values(values))


def _value(column: Column[Any], rule: Rule, known: dict[str, UUID], instant: datetime) -> object:
    anything: dict[type, object] = {UUID: uuid4(), int: 1, bool: False, str: "anything", bytes: uuid4().bytes}
    if column.name in rule.since or isinstance(column.type, Instant):
        return instant
    return known.get(column.name, anything.get(column.type.python_type, b"sealed"))


async def _count(clinic: Clinic, table: str, organisation: UUID) -> int:
    there = Row.metadata.tables[table]
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(func.count()).select_from(there).where(there.c.organisation_id == organisation)
        return await session.scalar(query) or 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
async def test_what_is_older_than_its_rule_goes_and_nothing_else(
    clinic: Clinic, theo: Person, ana: Person, rule: Rule
) -> None:
    organisation = await _organisation(clinic, theo)
    known = {"organisation_id": organisation, "member_id": UUID(theo.id), "client_id": UUID(ana.id)}
    before = await _count(clinic, rule.table, organisation)
    await _add(clinic, rule, known, NOON - rule.keep - MOMENT, NOON - rule.keep, NOON, NOON + timedelta(days=9999))
    async with unit_of_work(clinic.sessions, writes=True) as session:
        assert await apply(session, organisation, rule, NOON, deletes=False) == 1
    assert await _count(clinic, rule.table, organisation) == before + 4
    async with unit_of_work(clinic.sessions, writes=True) as session:
        assert await apply(session, uuid4(), rule, NOON, deletes=True) == 0
        assert await apply(session, organisation, rule, NOON, deletes=True) == 1
    assert await _count(clinic, rule.table, organisation) == before + 3


async def test_tidying_takes_nothing_from_anybodys_record(clinic: Clinic, theo: Person, ana: Person) -> None:
    await live(theo, ana)
    before, organisation = await tells(theo, ana), await _organisation(clinic, theo)
    async with unit_of_work(clinic.sessions, writes=True) as session:
        # Not yet 400 days: Ana's phone stays signed in.
        later = NOON + timedelta(days=399)
        assert sum([await apply(session, organisation, rule, later, deletes=True) for rule in RULES]) > 0
    assert await tells(theo, ana) == before
