"""Exercises in a member's own voice."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recordings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("exercise_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("length", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("take", sa.Text(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["members.organisation_id", "members.id"],
            name="fk_recordings_organisation_id_member_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_recordings"),
    )
    op.create_index(op.f("ix_recordings_organisation_id_member_id"), "recordings", ["organisation_id", "member_id"])
    isolate("recordings")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("recordings")
