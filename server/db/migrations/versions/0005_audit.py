"""Who read and changed what: a chain that only grows. The database itself refuses to change or delete an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSED = "The audit is append-only."
TRIGGER = "audit_entries_append_only"


def upgrade() -> None:
    """Create the tables and what guards them."""
    _audit_entries()
    _audit_heads()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Drop the tables, and their triggers with them."""
    op.drop_table("audit_heads")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {TRIGGER}()")


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_audit_entries_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "number", name="pk_audit_entries"),
    )
    op.create_index(
        op.f("ix_audit_entries_organisation_id_client_id_number"),
        "audit_entries",
        ["organisation_id", "client_id", "number"],
        unique=False,
    )


def _audit_heads() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_audit_heads_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_audit_heads"),
    )


def _guard_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    # By statement: TRUNCATE has no rows.
    op.execute(
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TRIGGER}()"
    )


def _guard_sqlite() -> None:
    # INSERT OR REPLACE deletes without asking the trigger of DELETE.
    taken = "EXISTS (SELECT 1 FROM audit_entries WHERE organisation_id = NEW.organisation_id AND number = NEW.number)"
    for verb, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"WHEN {taken}")):
        op.execute(
            f"CREATE TRIGGER {TRIGGER}_{verb.lower()} BEFORE {verb} ON audit_entries {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
