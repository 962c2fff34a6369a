"""Pauses; and voids are read in version order, too."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
VERSIONED = ("voids", "pauses")


def upgrade() -> None:
    """Add the table and the indexes."""
    _pauses()
    for table in VERSIONED:
        name = op.f(f"ix_{table}_organisation_id_client_id_version")
        op.create_index(name, table, ["organisation_id", "client_id", "version"], unique=True)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_voids_organisation_id_client_id_version"), "voids")
    op.drop_table("pauses")


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
