from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import ColumnCollectionConstraint

from server.care import models as care
from server.db.base import Row
from server.practice import models as practice

# The clinics themselves: found by their handle before anybody is known. And how new the whole database is.
CLINICS = "organisations"
OF_NOBODY = {CLINICS, "database_states"}


def strays(metadata: MetaData) -> Iterator[str]:
    """Yield the keys that the organisation does not lead, or that leave it (`security.md`, Isolation 1)."""
    for table in metadata.sorted_tables:
        if table.name in OF_NOBODY:
            continue
        for key in (*table.constraints, *table.indexes):
            if isinstance(key, ColumnCollectionConstraint | Index):
                names = [column.name for column in key.columns]
                yield from [f"{table.name}: {names}"] if names[0] != "organisation_id" else []
            if isinstance(key, ForeignKeyConstraint) and key.referred_table.name != CLINICS:
                first = key.elements[0].column.name
                yield from [f"{table.name} to {key.referred_table.name}"] if first != "organisation_id" else []


def test_the_organisation_leads_every_key() -> None:
    assert {care.SessionRow.__tablename__, practice.CompletionRow.__tablename__} <= set(Row.metadata.tables)
    assert list(strays(Row.metadata)) == []


@pytest.mark.parametrize(
    "key, stray",
    [
        (UniqueConstraint("email"), "people: ['email']"),
        (Index("by_email", "email"), "people: ['email']"),
        (ForeignKeyConstraint(["organisation_id", "email"], ["teams.id", "teams.organisation_id"]), "people to teams"),
    ],
)
def test_a_key_that_crosses_organisations_is_found(key: UniqueConstraint | Index, stray: str) -> None:
    metadata = MetaData()
    for name in ("teams", "people"):
        Table(
            name,
            metadata,
            Column("organisation_id", Integer, primary_key=True),
            Column("id", Integer, primary_key=True),
            Column("email", Integer),
            *([key] if name == "people" else []),
        )
    assert list(strays(metadata)) == [stray]
