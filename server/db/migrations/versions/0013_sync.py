"""Pauses; voids are read in version order, too; and which state the database is in."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
VERSIONED = ("voids", "pauses")


def upgrade() -> None:
    """Add the tables and the indexes."""
    _pauses()
    _states()
    for table in VERSIONED:
        name = op.f(f"ix_{table}_organisation_id_client_id_version")
        op.create_index(name, table, ["organisation_id", "client_id", "version"], unique=True)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_voids_organisation_id_client_id_version"), "voids")
    op.drop_table("pauses")
    op.drop_table("database_states")


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_pauses_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "made_by"],
            ["members.organisation_id", "members.id"],
            name="fk_pauses_organisation_id_made_by",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "id", name="pk_pauses"),
    )
    isolate("pauses")


def _states() -> None:
    # Nothing of anybody: it says of the whole database how new it is.
    states = op.create_table(
        "database_states",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_database_states"),
    )
    op.bulk_insert(states, [{"id": 1, "number": 0}])
