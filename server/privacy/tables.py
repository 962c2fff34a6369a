"""Which tables hold what belongs to a client, and what becomes of each when a client moves or leaves.

Found in the metadata, so that a table made later takes part without being named here.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, LargeBinary, Table, Uuid

from server.db.base import Row, SealedText

CLIENTS: Final = "clients"
SETS: Final = "practice_sets"
# Not in an archive: secrets of one server, or who reads whom there; and the audit, which belongs to the clinic.
LEFT_OUT: Final = {
    "audit_entries": "told apart, as record_reads: the chain stays with the clinic it proves something about",
    "calendar_feeds": "secrets that let a calendar read here",
    "care_relations": "who cares for the client is decided anew where the archive is taken in",
    "data_keys": "the texts are in clear here, and are sealed anew where the archive is taken in",
    "pairings": "secrets that let a phone in here",
    "revisions": "what the plan said before it was changed; another server begins its history anew",
    "sign_ins": "secrets of phones that are signed in here",
    "sync_heads": "another server begins a new epoch",
}
# What an audit says of somebody stays when they are erased: ids, instants and actions, nothing else.
KEPT: Final = frozenset({"audit_entries"})
# What must not come alive again elsewhere: the column that says since when it is over.
ENDED_BY: Final = {"consents": "revoked_at", "devices": "ended_at", "support_persons": "ended_at"}


def client_tables() -> Iterator[Table]:
    """Yield the tables whose rows belong to a client, those first that others point at."""
    for table in Row.metadata.sorted_tables:
        # A provider of sign-ins calls us its client, too: by a text.
        if table.name == CLIENTS or ("client_id" in table.columns and isinstance(table.c.client_id.type, Uuid)):
            yield table


def archived_tables() -> Iterator[Table]:
    """Yield the tables an archive holds, in the order in which they can be taken in."""
    sets = Row.metadata.tables[SETS]
    belonging = {table.name for table in client_tables()} - set(LEFT_OUT)
    yield from (table for table in Row.metadata.sorted_tables if table is sets or table.name in belonging)


def archived_columns(table: Table) -> list[Column[object]]:
    """Return the columns an archive holds: all but those that mean something on one server alone.

    These are the organisation, keyed hashes, and the place of a row in its client's scope.
    """
    return [
        column
        for column in table.columns
        if column.name != "organisation_id"
        and (is_sealed(column) or not isinstance(column.type, LargeBinary))
        and (column.name != "version" or column.primary_key)
    ]


def owner_column(table: Table) -> Column[object]:
    """Return the column that names the client."""
    return table.columns["id" if table.name == CLIENTS else "client_id"]


def is_sealed(column: Column[object]) -> bool:
    """Whether a column holds sealed text."""
    return isinstance(column.type, SealedText)


def member_columns(table: Table) -> list[Column[object]]:
    """Return the columns that name somebody who works at the clinic: by a key, or as who did something."""
    named = {
        each.parent.name
        for key in table.foreign_key_constraints
        if key.referred_table.name == "members"
        for each in key.elements
    }
    return [
        column
        for column in table.columns
        if column.name != "organisation_id" and (column.name in named or is_doer(column))
    ]


def is_doer(column: Column[object]) -> bool:
    """Whether a column names who did something."""
    return column.name.endswith("_by") and isinstance(column.type, Uuid)
