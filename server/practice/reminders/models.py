from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, in_version_order
from server.db.base import Document, OrganisationKey, Row
from server.kit.sealed import Sealed
from server.practice.reminders.schemas import ReminderTime


class RemindersRow(OrganisationKey, Row):
    """When and how a client wants to be reminded by their own phone; no row: never asked."""

    __tablename__ = "reminders"
    __table_args__ = (client_key(), in_version_order())

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    version: Mapped[int]
    times: Mapped[tuple[ReminderTime, ...]] = mapped_column(Document(tuple[ReminderTime, ...]))
    text_id: Mapped[str]
    own_words: Mapped[Sealed | None]
    quiet_from: Mapped[time]
    quiet_to: Mapped[time]
    in_palliative_mode: Mapped[bool]
    unopened: Mapped[int]
    changed_at: Mapped[datetime]
