"""The clinic and its people. Every key is led by the organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "organisations",
    "clients",
    "guesses",
    "members",
    "passwords",
    "sign_ins",
    "care_relations",
    "devices",
    "zone_reports",
)


def upgrade() -> None:
    """Create the tables, those first that others point at."""
    _organisations()
    _clients()
    _guesses()
    _members()
    _passwords()
    _sign_ins()
    _care_relations()
    _devices()
    _zone_reports()


def downgrade() -> None:
    """Drop the tables, those first that point at others."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("needs_second_factor", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("handle", name="uq_organisations_handle"),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("day_start", sa.Time(), nullable=False),
        sa.Column("rest_days", sa.Integer(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("left_out", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_clients_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_clients"),
    )


def _guesses() -> None:
    op.create_table(
        "guesses",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_guesses_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "bucket", name="pk_guesses"),
    )
    op.create_index(op.f("ix_guesses_organisation_id_free_at"), "guesses", ["organisation_id", "free_at"], unique=False)


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_members_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_members"),
        sa.UniqueConstraint("organisation_id", "email_hash", name="uq_members_organisation_id_email_hash"),
    )


def _passwords() -> None:
    op.create_table(
        "passwords",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["members.organisation_id", "members.id"],
            name="fk_passwords_organisation_id_member_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "member_id", name="pk_passwords"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("console", sa.Boolean(), nullable=False),
        sa.Column("successor_key", sa.LargeBinary(), nullable=False),
        sa.Column("access_hash", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", INSTANT, nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_expires_at", INSTANT, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rotated_at", INSTANT, nullable=False),
        sa.Column("stepped_up_at", INSTANT, nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_sign_ins_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_sign_ins"),
    )
    op.create_index(
        op.f("ix_sign_ins_organisation_id_subject_id"), "sign_ins", ["organisation_id", "subject_id"], unique=False
    )


def _care_relations() -> None:
    op.create_table(
        "care_relations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_care_relations_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["members.organisation_id", "members.id"],
            name="fk_care_relations_organisation_id_member_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "member_id", "client_id", "started_at", name="pk_care_relations"),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paired_at", INSTANT, nullable=False),
        sa.Column("last_outbox_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_devices_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "id", name="pk_devices"),
    )


def _zone_reports() -> None:
    op.create_table(
        "zone_reports",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_zone_reports_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "at", name="pk_zone_reports"),
    )
