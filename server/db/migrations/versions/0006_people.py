"""What people share, who supports them, and who is invited to work here."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, those first that others point at."""
    _support_persons()
    _consents()
    _pairings()
    _invitations()


def downgrade() -> None:
    """Drop the tables, those first that point at others."""
    for table in ("invitations", "pairings", "consents", "support_persons"):
        op.drop_table(table)


def _support_persons() -> None:
    op.create_table(
        "support_persons",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("shown_name", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_support_persons_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_support_persons"),
    )
    op.create_index(
        op.f("ix_support_persons_organisation_id_client_id"),
        "support_persons",
        ["organisation_id", "client_id"],
        unique=False,
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("grantee", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("support_person_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("expires", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_consents_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["members.organisation_id", "members.id"],
            name="fk_consents_organisation_id_member_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "support_person_id"],
            ["support_persons.organisation_id", "support_persons.id"],
            name="fk_consents_organisation_id_support_person_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_consents"),
    )
    op.create_index(
        op.f("ix_consents_organisation_id_client_id"), "consents", ["organisation_id", "client_id"], unique=False
    )


def _pairings() -> None:
    op.create_table(
        "pairings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("support_person_id", sa.Uuid(), nullable=True),
        sa.Column("locator", sa.Text(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_pairings_organisation_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "support_person_id"],
            ["support_persons.organisation_id", "support_persons.id"],
            name="fk_pairings_organisation_id_support_person_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_pairings"),
        sa.UniqueConstraint("organisation_id", "locator", name="uq_pairings_organisation_id_locator"),
    )
    op.create_index(
        op.f("ix_pairings_organisation_id_client_id"), "pairings", ["organisation_id", "client_id"], unique=False
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["members.organisation_id", "members.id"],
            name="fk_invitations_organisation_id_member_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_invitations"),
    )
    op.create_index(
        op.f("ix_invitations_organisation_id_email_hash"),
        "invitations",
        ["organisation_id", "email_hash"],
        unique=False,
    )
