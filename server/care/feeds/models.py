from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key
from server.db.base import OrganisationKey, Row


class CalendarFeedRow(OrganisationKey, Row):
    """A secret address at which a calendar reads when somebody has planned time; gone when it is ended."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (client_key(), Index(None, "organisation_id", "client_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    secret_hash: Mapped[bytes]
    sessions: Mapped[bool]
    made_at: Mapped[datetime]
