from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import OrganisationKey, Row


class AuditRow(OrganisationKey, Row):
    """One entry of the chain. The database refuses to change or delete it; nothing points at people, who may go."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        Index(None, "organisation_id", "client_id", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    action: Mapped[str]
    client_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    mac: Mapped[bytes]


class AuditHeadRow(OrganisationKey, Row):
    """The seal behind the newest entry; locked by every writer, so the chain never forks."""

    __tablename__ = "audit_heads"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    number: Mapped[int] = mapped_column(BigInteger())
    mac: Mapped[bytes]
