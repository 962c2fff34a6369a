"""Row-level security on every table of people's data there is; later ones call `isolate` in their own migration."""

from alembic import op

from server.db.isolation import isolate, isolate_organisations, open_up, people_tables

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Enable and force it on PostgreSQL; SQLite holds one organisation a file."""
    if op.get_bind().dialect.name == "postgresql":
        isolate(*people_tables())
        isolate_organisations()


def downgrade() -> None:
    """Take it away again."""
    if op.get_bind().dialect.name == "postgresql":
        open_up("organisations", *people_tables())
