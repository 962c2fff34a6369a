"""What was practised, what was taken back, and the head of each client's scope."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("completions", "sync_heads", "voids")


def upgrade() -> None:
    """Create the tables, those first that others point at."""
    _completions()
    _sync_heads()
    _voids()


def downgrade() -> None:
    """Drop the tables, those first that point at others."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _completions() -> None:
    op.create_table(
        "completions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("exercise_version", sa.Integer(), nullable=False),
        sa.Column("exercise_known", sa.Boolean(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("practice_date", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("distress_before", sa.Integer(), nullable=True),
        sa.Column("distress_after", sa.Integer(), nullable=True),
        sa.Column("presence", sa.Integer(), nullable=True),
        sa.Column("ease", sa.Integer(), nullable=True),
        sa.Column("logged_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_completions_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "id", name="pk_completions"),
    )
    op.create_index(
        op.f("ix_completions_organisation_id_client_id_practice_date"),
        "completions",
        ["organisation_id", "client_id", "practice_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_completions_organisation_id_client_id_version"),
        "completions",
        ["organisation_id", "client_id", "version"],
        unique=True,
    )


def _sync_heads() -> None:
    op.create_table(
        "sync_heads",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_sync_heads_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", name="pk_sync_heads"),
    )


def _voids() -> None:
    op.create_table(
        "voids",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("completion_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_voids_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "completion_id", name="pk_voids"),
    )
