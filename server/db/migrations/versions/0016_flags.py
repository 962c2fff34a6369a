"""What a clinic knows of a client that decides what suits them."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "client_flags",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("screening", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_client_flags_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "changed_by"],
            ["members.organisation_id", "members.id"],
            name="fk_client_flags_organisation_id_changed_by",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", name="pk_client_flags"),
    )
    name = op.f("ix_client_flags_organisation_id_client_id_version")
    op.create_index(name, "client_flags", ["organisation_id", "client_id", "version"], unique=True)
    isolate("client_flags")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("client_flags")
