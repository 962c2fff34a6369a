from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key
from server.db.base import Document, OrganisationKey, Row
from server.practice.attention.schemas import RuleSetting


def done_by(column: str) -> ForeignKeyConstraint:
    """Return the foreign key of a column that names the member who did something."""
    return ForeignKeyConstraint(["organisation_id", column], ["members.organisation_id", "members.id"])


class AcknowledgedSignalRow(OrganisationKey, Row):
    """Somebody has looked at a signal; `id` is the signal's, which is computed and kept nowhere else."""

    __tablename__ = "acknowledged_signals"
    __table_args__ = (client_key(), done_by("acknowledged_by"))

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    acknowledged_by: Mapped[UUID]
    acknowledged_at: Mapped[datetime]


class SignalSettingsRow(OrganisationKey, Row):
    """Which rules are off for a client, and which thresholds were moved; a rule that is not named is as it comes."""

    __tablename__ = "signal_settings"
    __table_args__ = (client_key(), done_by("changed_by"))

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    rules: Mapped[tuple[RuleSetting, ...]] = mapped_column(Document(tuple[RuleSetting, ...]))
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
