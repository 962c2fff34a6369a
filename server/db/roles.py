"""The two roles of PostgreSQL: the owner makes the tables, the application's role can only read and write rows."""

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

# What the application may do, where it is less than everything that is done with rows.
_LESS: Final = {
    "alembic_version": "SELECT",
    "audit_entries": "SELECT, INSERT",
    "database_states": "SELECT, UPDATE",
    "organisations": "SELECT, INSERT, UPDATE",
}
_ROWS: Final = "SELECT, INSERT, UPDATE, DELETE"
_TABLES: Final = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")

# MEMBER, not USAGE: a role that does not inherit another's rights can still take them with SET ROLE. The role that
# signed in, not the present one: it could go back to what it was.
_UNBOUND: Final = text("""
SELECT EXISTS (
    SELECT FROM pg_roles AS held
    WHERE pg_has_role(session_user, held.oid, 'MEMBER') AND (
        held.rolsuper OR held.rolbypassrls OR held.rolcreaterole
        OR EXISTS (SELECT FROM pg_namespace AS s WHERE s.nspowner = held.oid AND s.nspname = current_schema())
        OR EXISTS (
            SELECT FROM pg_class AS t JOIN pg_namespace AS s ON s.oid = t.relnamespace
            WHERE t.relowner = held.oid AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
        )
    )
)
""")


class RoleError(Exception):
    """The application's role of PostgreSQL could see more than the organisation that was entered."""


async def role_of(engine: AsyncEngine) -> str:
    """Return the role that a PostgreSQL URL signs in as; a pooler's user name may be another."""
    async with engine.connect() as connection:
        return str((await connection.execute(text("SELECT session_user"))).scalar_one())


async def require_bounded(engine: AsyncEngine) -> None:
    """Make sure that row-level security binds the application's role (`security.md`, Isolation 3); SQLite has none.

    Raises:
        RoleError: it is a superuser, bypasses row-level security, makes roles, or owns a table or the schema, itself
            or by any role it is a member of.
    """
    if engine.dialect.name != "postgresql":
        return
    async with engine.connect() as connection:
        unbound = (await connection.execute(_UNBOUND)).scalar_one()
    if unbound:
        raise RoleError(
            "DATABASE_URL names a role that row-level security does not bind: a superuser, one that bypasses it, that"
            " makes roles or owns tables, or a member of such a role. docs/operations.md tells how to make another."
        )


def grant(connection: Connection, role: str) -> None:
    """Let the application's role do with every table what it needs, and nothing else. The connection is the owner's."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    app = quote(role)
    schema = quote(connection.execute(text("SELECT current_schema()")).scalar_one())
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {app}"))
    for table in connection.scalars(_TABLES).all():
        connection.execute(text(f"REVOKE ALL ON {quote(table)} FROM {app}"))
        connection.execute(text(f"GRANT {_LESS.get(table, _ROWS)} ON {quote(table)} TO {app}"))
