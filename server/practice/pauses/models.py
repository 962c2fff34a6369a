from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, in_version_order
from server.db.base import OrganisationKey, Row


class PauseRow(OrganisationKey, Row):
    """Dates set aside by a member, or by the client without `made_by`. `id` is the phone's own where a phone made it.

    What is removed stays as a tombstone: a phone that was away hears of it.
    """

    __tablename__ = "pauses"
    __table_args__ = (
        client_key(),
        in_version_order(),
        ForeignKeyConstraint(["organisation_id", "made_by"], ["members.organisation_id", "members.id"]),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    revision: Mapped[int]
    version: Mapped[int]
