"""Second factors of members: authenticator apps, recovery codes, and sign-ins that wait for one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("totp_factors", "recovery_codes", "factor_challenges")


def upgrade() -> None:
    """Create the tables."""
    _totp_factors()
    _recovery_codes()
    _factor_challenges()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _of_a_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "member_id"],
        ["members.organisation_id", "members.id"],
        name=f"fk_{table}_organisation_id_member_id",
    )


def _totp_factors() -> None:
    op.create_table(
        "totp_factors",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        _of_a_member("totp_factors"),
        sa.PrimaryKeyConstraint("organisation_id", "member_id", name="pk_totp_factors"),
    )


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _of_a_member("recovery_codes"),
        sa.PrimaryKeyConstraint("organisation_id", "member_id", "code_hash", name="pk_recovery_codes"),
    )


def _factor_challenges() -> None:
    op.create_table(
        "factor_challenges",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _of_a_member("factor_challenges"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_factor_challenges"),
    )
    op.create_index(
        op.f("ix_factor_challenges_organisation_id_expires_at"),
        "factor_challenges",
        ["organisation_id", "expires_at"],
        unique=False,
    )
