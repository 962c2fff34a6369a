"""Assignments are paused, annotated, moved and revised; practice sets are retired."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what there is was never paused, changed or retired.

    Values come by a default of the database, which is taken away again: row-level security would hide rows from an
    UPDATE.
    """
    with op.batch_alter_table("assignments") as batch:
        batch.add_column(sa.Column("counted_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("pauses", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("note", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("practice_sets") as batch:
        batch.add_column(sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("assignments") as batch:
        batch.alter_column("pauses", existing_type=sa.Text(), server_default=None)
        batch.alter_column("revision", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("practice_sets") as batch:
        batch.alter_column("retired", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("assignments") as batch:
        for column in ("counted_from", "pauses", "note", "revision"):
            batch.drop_column(column)
    with op.batch_alter_table("practice_sets") as batch:
        batch.drop_column("retired")
