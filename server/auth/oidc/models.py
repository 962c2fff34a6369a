from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import member_key
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


class OidcProviderRow(OrganisationKey, Row):
    """Who signs a clinic's members in besides us, or with `only` instead of us."""

    __tablename__ = "oidc_providers"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[Sealed]
    only: Mapped[bool]
    changed_at: Mapped[datetime]


class OidcLinkRow(OrganisationKey, Row):
    """Which member somebody is at the provider: from the first sign-in on by its own lasting name for them alone."""

    __tablename__ = "oidc_links"
    __table_args__ = (member_key(), UniqueConstraint("organisation_id", "member_id"))

    subject_hash: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    linked_at: Mapped[datetime]
