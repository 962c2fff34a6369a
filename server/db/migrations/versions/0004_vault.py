"""The keys that people's texts are sealed with, wrapped."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "data_keys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_data_keys_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "owner_id", "version", name="pk_data_keys"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("data_keys")
