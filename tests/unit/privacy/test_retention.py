from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select
from support.clinic import NOON, Clinic, Person
from support.living import live, tells

from server.accounts.models import MemberRow
from server.db.base import Instant, Row
from server.db.unit import unit_of_work
from server.privacy.retention import RULES, Rule, apply

MOMENT = timedelta(seconds=1)


def test_whatever_expires_is_let_go_of_some_day() -> None:
    expiring = {
        table.name for table in Row.metadata.sorted_tables if any("expires_at" in name for name in table.columns.keys())
    }
    assert expiring <= {rule.table for rule in RULES}
    # What is read by people: the record, consents, the audit.
    assert {rule.table for rule in RULES} == expiring | {"guesses"}


async def _rows(clinic: Clinic, theo: Person, rule: Rule, *instants: datetime) -> None:
    """Add a row of a rule's table for each instant."""
    table = Row.metadata.tables[rule.table]
    anything: dict[type, Any] = {int: 1, bool: False, str: "anything", bytes: b"anything", object: b"sealed"}
    async with unit_of_work(clinic.sessions, writes=True) as session:
        member = await session.scalar(select(MemberRow).where(MemberRow.id == UUID(theo.id)))
        assert member
        client = await session.scalar(select(Row.metadata.tables["clients"].c.id))
        known = {"organisation_id": member.organisation_id, "member_id": member.id, "client_id": client}
        for instant in instants:
            values: dict[str, Any] = {}
            for column in table.columns:
                kind = column.type.python_type
                if column.name in known:
                    values[column.name] = known[column.name]
                elif kind is UUID and not column.nullable:
                    values[column.name] = uuid4()
                elif column.name in rule.since or (isinstance(column.type, Instant) and not column.nullable):
                    values[column.name] = instant
                elif column.primary_key:
                    values[column.name] = uuid4().bytes
                elif not column.nullable:
                    values[column.name] = anything[kind]
            await session.execute(insert(table).values(values))


async def _count(clinic: Clinic, table: str) -> int:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return await session.scalar(select(func.count()).select_from(Row.metadata.tables[table])) or 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
async def test_what_is_older_than_its_rule_goes_and_nothing_else(
    clinic: Clinic, theo: Person, ana: Person, rule: Rule
) -> None:
    before = await _count(clinic, rule.table)
    await _rows(clinic, theo, rule, NOON - rule.keep - MOMENT, NOON - rule.keep, NOON, NOON + timedelta(days=9999))
    async with unit_of_work(clinic.sessions, writes=True) as session:
        organisation = (await session.scalars(select(Row.metadata.tables["organisations"].c.id))).one()
        assert await apply(session, organisation, rule, NOON, deletes=False) == 1
    assert await _count(clinic, rule.table) == before + 4
    async with unit_of_work(clinic.sessions, writes=True) as session:
        assert await apply(session, uuid4(), rule, NOON, deletes=True) == 0
        assert await apply(session, organisation, rule, NOON, deletes=True) == 1
    assert await _count(clinic, rule.table) == before + 3


async def test_tidying_takes_nothing_from_anybodys_record(clinic: Clinic, theo: Person, ana: Person) -> None:
    await live(theo, ana)
    before = await tells(theo, ana)
    async with unit_of_work(clinic.sessions, writes=True) as session:
        organisation = (await session.scalars(select(Row.metadata.tables["organisations"].c.id))).one()
        # The last rule's 400 days are not over: Ana's phone stays signed in.
        later = NOON + timedelta(days=399)
        assert sum([await apply(session, organisation, rule, later, deletes=True) for rule in RULES]) > 0
    assert await tells(theo, ana) == before
