from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import OrganisationKey, Row


class DataKeyRow(OrganisationKey, Row):
    """The key of one owner (a client, or the organisation itself), wrapped. Deleting it erases what it sealed."""

    __tablename__ = "data_keys"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime]
