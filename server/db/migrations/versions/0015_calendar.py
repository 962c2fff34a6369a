"""Secret addresses at which calendars read."""

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "calendar_feeds",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sessions", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_calendar_feeds_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_calendar_feeds"),
    )
    name = op.f("ix_calendar_feeds_organisation_id_client_id")
    op.create_index(name, "calendar_feeds", ["organisation_id", "client_id"])
    isolate("calendar_feeds")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("calendar_feeds")
