"""Whatever belongs to a client's scope gets a version in it; the head gets a digest, and the streak it keeps."""

from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

from server.db.isolation import isolate

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Tables whose rows get a version, and the column of the id a phone knows the row by.
VERSIONED = {"clients": "id", "sessions": "id", "assignments": "id", "zone_reports": "id"}
HEAD: dict[str, Any] = {"delivered_at": INSTANT, "standing": sa.LargeBinary(), "answer": sa.LargeBinary()}


def upgrade() -> None:
    """Add the columns, number what there is, and begin a new epoch: no phone's cursor means anything any more."""
    _revisions()
    _deliveries()
    op.add_column("zone_reports", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("zone_reports", sa.Column("received_at", INSTANT, nullable=True))
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("sync_heads", sa.Column("digest", sa.BigInteger(), nullable=True))
    for name, kind in HEAD.items():
        op.add_column("sync_heads", sa.Column(name, kind, nullable=True))
    for organisation in op.get_bind().scalars(sa.text("SELECT id FROM organisations")).all():
        _number(organisation if isinstance(organisation, UUID) else UUID(organisation))
    for table in VERSIONED:
        _require(table, "version", sa.Integer())
    _require("zone_reports", "id", sa.Uuid())
    _require("zone_reports", "received_at", INSTANT)
    _require("sync_heads", "digest", sa.BigInteger())
    for table in VERSIONED:
        if table != "clients":
            name = op.f(f"ix_{table}_organisation_id_client_id_version")
            op.create_index(name, table, ["organisation_id", "client_id", "version"], unique=True)


def downgrade() -> None:
    """Take it away again."""
    for table in VERSIONED:
        if table != "clients":
            op.drop_index(op.f(f"ix_{table}_organisation_id_client_id_version"), table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column("version")
    with op.batch_alter_table("zone_reports") as batch:
        batch.drop_column("id")
        batch.drop_column("received_at")
    with op.batch_alter_table("sync_heads") as batch:
        for column in ("digest", *HEAD):
            batch.drop_column(column)
    op.drop_table("deliveries")
    op.drop_table("revisions")


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_revisions_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "version", name="pk_revisions"),
    )
    isolate("revisions")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "client_id"],
            ["clients.organisation_id", "clients.id"],
            name="fk_deliveries_organisation_id_client_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", "at", name="pk_deliveries"),
    )
    isolate("deliveries")


def _require(table: str, column: str, kind: sa.types.TypeEngine[Any]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, existing_type=kind, nullable=False)


def _number(organisation: UUID) -> None:
    """Give every row of an organisation its version, after those that its client's practice already has."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT set_config('app.organisation', :id, true)"), {"id": str(organisation)})
    owned = {"organisation_id": organisation}
    heads = _table("sync_heads", "client_id", "epoch", "version", "digest")
    begun = dict(bind.execute(sa.select(heads.c.client_id, heads.c.version).filter_by(**owned)).all())
    clients = _table("clients", "id", "version")
    for client in bind.scalars(sa.select(clients.c.id).filter_by(**owned)).all():
        version, digest = begun.get(client, 0), _digest_of_practice(organisation, client)
        for table, key, item in _unnumbered(organisation, client):
            version += 1
            digest += _term(item, version, deleted=False)
            more = {"id": item, "received_at": table.c.at} if "at" in table.c else {}
            bind.execute(sa.update(table).where(key).values(version=version, **more))
        values = {"epoch": uuid4(), "version": version, "digest": _signed(digest)}
        if client in begun:
            bind.execute(sa.update(heads).filter_by(**owned, client_id=client).values(**values))
        else:
            bind.execute(sa.insert(heads).values(**owned, client_id=client, **values))


def _unnumbered(organisation: UUID, client: UUID) -> list[tuple[sa.TableClause, sa.ColumnElement[bool], UUID]]:
    bind, found = op.get_bind(), []
    for name in VERSIONED:
        owner = "id" if name == "clients" else "client_id"
        zones = name == "zone_reports"
        table = _table(name, "id", owner, "version", *(("at", "received_at") if zones else ()))
        mine = sa.and_(table.c.organisation_id == organisation, table.c[owner] == client)
        for key in bind.scalars(sa.select(table.c.at if zones else table.c.id).where(mine)).all():
            item = uuid4() if zones else key
            found.append((table, sa.and_(mine, (table.c.at if zones else table.c.id) == key), item))
    return found


def _digest_of_practice(organisation: UUID, client: UUID) -> int:
    bind = op.get_bind()
    voids = _table("voids", "client_id", "completion_id", "version")
    completions = _table("completions", "client_id", "id", "version")
    owned = {"organisation_id": organisation, "client_id": client}
    voided = dict(bind.execute(sa.select(voids.c.completion_id, voids.c.version).filter_by(**owned)).all())
    live = bind.execute(sa.select(completions.c.id, completions.c.version).filter_by(**owned)).all()
    terms = [_term(item, version, deleted=False) for item, version in live if item not in voided]
    return sum(terms) + sum(_term(item, version, deleted=True) for item, version in voided.items())


def _term(item: UUID, version: int, *, deleted: bool) -> int:
    return int.from_bytes(blake2b(f"{item}|{version}|{int(deleted)}".encode(), digest_size=8).digest())


def _signed(digest: int) -> int:
    return (digest + 2**63) % 2**64 - 2**63


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds: dict[str, Any] = {"version": sa.Integer(), "digest": sa.BigInteger(), "at": INSTANT, "received_at": INSTANT}
    named = dict.fromkeys(("organisation_id", *columns))
    return sa.table(name, *(sa.column(each, kinds.get(each, sa.Uuid())) for each in named))
