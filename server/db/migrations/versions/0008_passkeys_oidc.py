"""Passkeys, the providers that sign a clinic's members in, and challenges that were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _spent_challenges()
    _passkeys()
    _oidc_providers()
    _oidc_links()


def downgrade() -> None:
    """Drop the tables."""
    for table in ("oidc_links", "oidc_providers", "passkeys", "spent_challenges"):
        op.drop_table(table)


def _spent_challenges() -> None:
    op.create_table(
        "spent_challenges",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_spent_challenges_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "challenge_hash", name="pk_spent_challenges"),
    )


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_hash", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _member_key("passkeys"),
        sa.PrimaryKeyConstraint("organisation_id", "member_id", "id", name="pk_passkeys"),
        sa.UniqueConstraint("organisation_id", "credential_hash", name="uq_passkeys_organisation_id_credential_hash"),
    )


def _oidc_providers() -> None:
    op.create_table(
        "oidc_providers",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_oidc_providers_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_oidc_providers"),
    )


def _oidc_links() -> None:
    op.create_table(
        "oidc_links",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        _member_key("oidc_links"),
        sa.PrimaryKeyConstraint("organisation_id", "subject_hash", name="pk_oidc_links"),
        sa.UniqueConstraint("organisation_id", "member_id", name="uq_oidc_links_organisation_id_member_id"),
    )


def _member_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "member_id"],
        ["members.organisation_id", "members.id"],
        name=f"fk_{table}_organisation_id_member_id",
    )
