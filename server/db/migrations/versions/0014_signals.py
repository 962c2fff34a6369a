"""Check-ins, what became of signals, reminders, and what a client's mode and silence change."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("check_ins", "acknowledged_signals", "signal_settings", "reminders")
# What every client there is already has.
CLIENT: dict[str, tuple[sa.types.TypeEngine[Any], str]] = {
    "mode": (sa.Text(), "standard"),
    "grace": (sa.Integer(), "1"),
    "daily_target": (sa.Integer(), "1"),
    "silences": (sa.Text(), "[]"),
}


def upgrade() -> None:
    """Create the tables and add the columns."""
    _client_columns()
    op.add_column("completions", sa.Column("change", sa.Text(), nullable=True))
    op.add_column("completions", sa.Column("unreal", sa.Text(), nullable=True))
    _check_ins()
    _acknowledged_signals()
    _signal_settings()
    _reminders()
    isolate(*TABLES)


def downgrade() -> None:
    """Take them away again."""
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, columns in (("completions", ("change", "unreal")), ("clients", tuple(CLIENT))):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)


def _client_columns() -> None:
    for name, (kind, given) in CLIENT.items():
        op.add_column("clients", sa.Column(name, kind, nullable=False, server_default=given))
    # Whoever adds a client says it from now on.
    with op.batch_alter_table("clients") as batch:
        for name, (kind, _) in CLIENT.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def _of_client(table: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name=f"fk_{table}_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", *key, name=f"pk_{table}"),
    )


def _by_member(table: str, column: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.create_foreign_key(
            f"fk_{table}_organisation_id_{column}", "members", ["organisation_id", column], ["organisation_id", "id"]
        )


def _check_ins() -> None:
    _of_client(
        "check_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("practice_date", sa.Date(), nullable=False),
        sa.Column("distress", sa.Integer(), nullable=True),
        sa.Column("presence", sa.Integer(), nullable=True),
        sa.Column("ease", sa.Integer(), nullable=True),
        sa.Column("not_ok", sa.Boolean(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("mood_word", sa.LargeBinary(), nullable=True),
        key=("id",),
    )
    for last, unique in (("practice_date", False), ("version", True)):
        name = op.f(f"ix_check_ins_organisation_id_client_id_{last}")
        op.create_index(name, "check_ins", ["organisation_id", "client_id", last], unique=unique)


def _acknowledged_signals() -> None:
    _of_client(
        "acknowledged_signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=False),
        key=("id",),
    )
    _by_member("acknowledged_signals", "acknowledged_by")


def _signal_settings() -> None:
    _of_client(
        "signal_settings",
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        key=(),
    )
    _by_member("signal_settings", "changed_by")


def _reminders() -> None:
    _of_client(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Text(), nullable=False),
        sa.Column("own_words", sa.LargeBinary(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_to", sa.Time(), nullable=False),
        sa.Column("in_palliative_mode", sa.Boolean(), nullable=False),
        sa.Column("unopened", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        key=(),
    )
    name = op.f("ix_reminders_organisation_id_client_id_version")
    op.create_index(name, "reminders", ["organisation_id", "client_id", "version"], unique=True)
