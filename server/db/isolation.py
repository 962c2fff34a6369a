"""Row-level security, for migrations. PostgreSQL only: a file of SQLite holds one organisation."""

from alembic import op
from sqlalchemy import text

POLICY = "own_organisation"
# In a sub-select, so that it is asked once a statement and not once a row. A setting that was never made is NULL, and
# one that ended with its transaction is empty: neither is any organisation.
ENTERED = "(SELECT nullif(current_setting('app.organisation', true), '')::uuid)"
_OF_PEOPLE = text(
    "SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND column_name = 'organisation_id'"
    " ORDER BY table_name"
)


def people_tables() -> list[str]:
    """Return the tables there are now that have an organisation_id."""
    return list(op.get_bind().scalars(_OF_PEOPLE))


def isolate(*tables: str) -> None:
    """Show the rows of these tables to nobody but who has entered their organisation (`security.md`, Isolation 3).

    Every migration that makes a table with an organisation_id calls it. Forced: a table's owner is bound by it, too.
    """
    own = f"organisation_id = {ENTERED}"
    for table in _enabled(tables):
        op.execute(f"CREATE POLICY {POLICY} ON {table} USING ({own}) WITH CHECK ({own})")


def isolate_organisations() -> None:
    """Let everybody read which organisations there are, and who has entered one write it.

    A sign-in begins with a handle, before any organisation can be entered; the table holds nothing of a person.
    """
    for table in _enabled(("organisations",)):
        own = f"id = {ENTERED}"
        op.execute(f"CREATE POLICY everybody_reads ON {table} FOR SELECT USING (true)")
        op.execute(f"CREATE POLICY own_is_founded ON {table} FOR INSERT WITH CHECK ({own})")
        op.execute(f"CREATE POLICY own_is_changed ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own})")


def open_up(*tables: str) -> None:
    """Take the policies away again."""
    for table in _quoted(tables):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        for policy in (POLICY, "everybody_reads", "own_is_founded", "own_is_changed"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")


def _enabled(tables: tuple[str, ...]) -> list[str]:
    quoted = _quoted(tables)
    for table in quoted:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    return quoted


def _quoted(tables: tuple[str, ...]) -> list[str]:
    dialect = op.get_bind().dialect
    return [dialect.identifier_preparer.quote(table) for table in tables] if dialect.name == "postgresql" else []
