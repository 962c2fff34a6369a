"""Treatment sessions, practice sets and assignments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("practice_sets", "sessions", "assignments")


def upgrade() -> None:
    """Create the tables, those first that others point at."""
    _practice_sets()
    _sessions()
    _assignments()


def downgrade() -> None:
    """Drop the tables, those first that point at others."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _practice_sets() -> None:
    op.create_table(
        "practice_sets",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "made_by"],
            ["members.organisation_id", "members.id"],
            name="fk_practice_sets_organisation_id_made_by",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", "version", name="pk_practice_sets"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_sessions_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "id", name="pk_sessions"),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("set_version", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_assignments_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "set_id", "set_version"],
            ["practice_sets.organisation_id", "practice_sets.id", "practice_sets.version"],
            name="fk_assignments_organisation_id_set_id_set_version",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "id", name="pk_assignments"),
    )
    op.create_index(
        op.f("ix_assignments_organisation_id_set_id_set_version"),
        "assignments",
        ["organisation_id", "set_id", "set_version"],
        unique=False,
    )
