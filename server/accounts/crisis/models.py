from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


class CrisisLineRow(OrganisationKey, Row):
    """How a clinic is reached in need, and the country it is in; a clinic has one or none."""

    __tablename__ = "crisis_lines"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        ForeignKeyConstraint(["organisation_id", "set_by"], ["members.organisation_id", "members.id"]),
    )

    country: Mapped[str]
    line: Mapped[Sealed]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]


class CrisisConfirmationRow(OrganisationKey, Row):
    """That somebody at the clinic confirmed the numbers of a country's card, in the version it had."""

    __tablename__ = "crisis_confirmations"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        ForeignKeyConstraint(["organisation_id", "confirmed_by"], ["members.organisation_id", "members.id"]),
    )

    country: Mapped[str] = mapped_column(primary_key=True)
    card_version: Mapped[str]
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]
