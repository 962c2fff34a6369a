"""Voids are read in version order, too."""

from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

VOIDS = "ix_voids_organisation_id_client_id_version"


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f(VOIDS), "voids", ["organisation_id", "client_id", "version"], unique=True)


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f(VOIDS), "voids")
