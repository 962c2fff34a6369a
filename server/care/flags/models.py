from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, in_version_order
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


class ClientFlagsRow(OrganisationKey, Row):
    """A client's flags, dates, and what was agreed, as one sealed text; no row: nobody has screened them."""

    __tablename__ = "client_flags"
    __table_args__ = (
        client_key(),
        in_version_order(),
        ForeignKeyConstraint(["organisation_id", "changed_by"], ["members.organisation_id", "members.id"]),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    version: Mapped[int]
    screening: Mapped[Sealed]
    revision: Mapped[int]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
