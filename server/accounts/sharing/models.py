from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, member_key
from server.accounts.sharing.schemas import Grantee, Purpose, Scope
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


def support_person_key() -> ForeignKeyConstraint:
    """Return the foreign key of a row that belongs to somebody who supports a client."""
    return ForeignKeyConstraint(
        ["organisation_id", "support_person_id"], ["support_persons.organisation_id", "support_persons.id"]
    )


class SupportPersonRow(OrganisationKey, Row):
    """Somebody a client lets see something, for as long as the client wishes.

    `name` is theirs; `shown_name` is what they are shown of the client's, which may be nothing.
    """

    __tablename__ = "support_persons"
    __table_args__ = (
        client_key(),
        Index(None, "organisation_id", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    name: Mapped[Sealed]
    shown_name: Mapped[Sealed | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ConsentRow(OrganisationKey, Row):
    """A line of the consent ledger: only `revoked_at` is ever written afterwards, and no line is taken out."""

    __tablename__ = "consents"
    __table_args__ = (
        client_key(),
        member_key(),
        support_person_key(),
        Index(None, "organisation_id", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    grantee: Mapped[Grantee] = mapped_column(Text())
    member_id: Mapped[UUID | None]
    support_person_id: Mapped[UUID | None]
    scope: Mapped[Scope] = mapped_column(Text())
    purpose: Mapped[Purpose] = mapped_column(Text())
    from_at: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
