"""The clinic's own line, and which crisis cards it has confirmed."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "crisis_lines",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_crisis_lines_organisation_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "set_by"],
            ["members.organisation_id", "members.id"],
            name="fk_crisis_lines_organisation_id_set_by",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_crisis_lines"),
    )
    op.create_table(
        "crisis_confirmations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("card_version", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_crisis_confirmations_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "confirmed_by"],
            ["members.organisation_id", "members.id"],
            name="fk_crisis_confirmations_organisation_id_confirmed_by",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "country", name="pk_crisis_confirmations"),
    )
    isolate("crisis_lines", "crisis_confirmations")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("crisis_confirmations")
    op.drop_table("crisis_lines")
