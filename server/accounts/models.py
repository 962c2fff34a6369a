from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.schemas import Display, MemberRole, Role
from server.db.base import OrganisationKey, Row


def client_key() -> ForeignKeyConstraint:
    """Return the foreign key of a row that belongs to a client; it never leaves the organisation."""
    return ForeignKeyConstraint(["organisation_id", "client_id"], ["clients.organisation_id", "clients.id"])


class OrganisationRow(Row):
    """A clinic. `handle` is the short name people sign in with when a server holds several."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    demo: Mapped[bool]
    created_at: Mapped[datetime]


class MemberRow(OrganisationKey, Row):
    """Somebody who works at the clinic."""

    __tablename__ = "members"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        UniqueConstraint("organisation_id", "email"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[MemberRole] = mapped_column(Text())
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ClientRow(OrganisationKey, Row):
    """Somebody in treatment, and how their days are counted."""

    __tablename__ = "clients"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    locale: Mapped[str]
    day_start: Mapped[time]
    rest_days: Mapped[int]
    display: Mapped[Display] = mapped_column(Text())
    shares_early_stops: Mapped[bool]
    created_at: Mapped[datetime]


class CareRelationRow(OrganisationKey, Row):
    """From when to when a member cares for a client; only then may they see them."""

    __tablename__ = "care_relations"
    __table_args__ = (
        client_key(),
        ForeignKeyConstraint(["organisation_id", "member_id"], ["members.organisation_id", "members.id"]),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]


class PairingRow(OrganisationKey, Row):
    """A code read out to a client. Its first half finds the row, its second half is the secret."""

    __tablename__ = "pairings"
    __table_args__ = (
        client_key(),
        UniqueConstraint("organisation_id", "locator"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    locator: Mapped[str]
    secret_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class DeviceRow(OrganisationKey, Row):
    """A client's phone."""

    __tablename__ = "devices"
    __table_args__ = (client_key(),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    paired_at: Mapped[datetime]
    last_outbox_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ZoneRow(OrganisationKey, Row):
    """From this instant on the client lives in this IANA zone."""

    __tablename__ = "zone_reports"
    __table_args__ = (client_key(),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    zone: Mapped[str]


class SignInRow(OrganisationKey, Row):
    """One sign-in and the tokens that descend from it; only their SHA-256 is kept.

    The next refresh token is an HMAC of the presented one under `successor_key`: neither a copied database nor a
    copied token alone can compute it.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(Text())
    device_id: Mapped[UUID | None]
    successor_key: Mapped[bytes]
    access_hash: Mapped[bytes]
    access_expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes]
    refresh_expires_at: Mapped[datetime]
    previous_hash: Mapped[bytes | None]
    rotated_at: Mapped[datetime]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class GuessRow(OrganisationKey, Row):
    """Wrong passwords for one account name, known or not: the delay must not tell them apart."""

    __tablename__ = "guesses"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    account_hash: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    free_at: Mapped[datetime]
