"""No table that is made later can be forgotten: it belongs to a client, and then to their archive, or it does not."""

from sqlalchemy import LargeBinary
from support.archive_tables import documented
from support.documents import read

import server.app  # noqa: F401 - every table is known to the metadata when everything is imported
from server.db.base import Row
from server.privacy.retention import RULES
from server.privacy.tables import (
    ENDED_BY,
    KEPT,
    LEFT_OUT,
    archived_columns,
    archived_tables,
    client_tables,
    is_sealed,
    member_columns,
)

# What belongs to the clinic and the people who work there or to nobody, and names no client.
OF_THE_CLINIC = {
    "audit_heads",
    "crisis_confirmations",
    "crisis_lines",
    "database_states",
    "factor_challenges",
    "guesses",
    "invitations",
    "members",
    "oidc_links",
    "oidc_providers",
    "organisations",
    "passkeys",
    "passwords",
    "recordings",
    "recovery_codes",
    "spent_challenges",
    "totp_factors",
}
# They belong to a client by another name (owner, subject), and are erased by hand.
BY_ANOTHER_NAME = {"data_keys", "sign_ins"}


def test_every_table_is_in_the_archive_or_left_out_for_a_reason_or_the_clinics_own() -> None:
    archived = {table.name for table in archived_tables()}
    every = set(Row.metadata.tables)
    assert archived | set(LEFT_OUT) | OF_THE_CLINIC == every, "Say of a new table whose it is: docs/privacy.md."
    assert archived.isdisjoint(LEFT_OUT)
    assert all(LEFT_OUT.values())
    belonging = {table.name for table in client_tables()}
    assert belonging.isdisjoint(OF_THE_CLINIC)
    assert belonging | BY_ANOTHER_NAME == (archived | set(LEFT_OUT)) - {"practice_sets"}
    assert set(LEFT_OUT) >= KEPT


def test_what_names_a_clients_row_by_a_key_belongs_to_the_client() -> None:
    pointing = {
        table.name
        for table in Row.metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table.name in {each.name for each in client_tables()}
    }
    assert pointing <= {table.name for table in client_tables()}


def test_only_keyed_hashes_and_places_in_a_scope_are_left_out_of_an_archived_table() -> None:
    missing = {
        f"{table.name}.{column.name}"
        for table in archived_tables()
        for column in table.columns
        if column.name not in {"organisation_id", "version"} and column not in archived_columns(table)
    }
    assert missing == {"check_ins.fingerprint", "completions.fingerprint"}
    assert "version" in [column.name for column in archived_columns(Row.metadata.tables["practice_sets"])]


def test_whatever_can_be_over_is_over_where_it_is_taken_in() -> None:
    ending = {
        table.name
        for table in archived_tables()
        if {"ended_at", "revoked_at"} & {column.name for column in table.columns}
    }
    # The end of a practice is another thing.
    assert ending == ENDED_BY.keys() | {"completions"}


def test_whoever_did_something_is_somebody_else_where_it_is_taken_in() -> None:
    named = {f"{table.name}.{column.name}" for table in archived_tables() for column in member_columns(table)}
    assert named == {
        "acknowledged_signals.acknowledged_by",
        "assignments.assigned_by",
        "client_flags.changed_by",
        "consents.member_id",
        "pauses.made_by",
        "practice_sets.made_by",
        "signal_settings.changed_by",
    }


def test_every_sealed_column_of_an_archived_table_is_opened() -> None:
    closed = [
        column
        for table in archived_tables()
        for column in archived_columns(table)
        if isinstance(column.type, LargeBinary) and not is_sealed(column)
    ]
    assert closed == []


def test_the_document_tells_every_table_and_every_rule() -> None:
    page = read("docs/privacy.md")
    assert documented() in page
    for table, reason in LEFT_OUT.items():
        assert f"| `{table}` | {reason} |" in page
    for rule in RULES:
        assert f"| `{rule.table}` | {rule.what} |" in page
