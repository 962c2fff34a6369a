from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import OrganisationKey, Row


class SpentChallengeRow(OrganisationKey, Row):
    """A challenge that was answered; it answers no second time, and is forgotten once it would be too old anyway."""

    __tablename__ = "spent_challenges"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
