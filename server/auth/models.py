from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, member_key
from server.accounts.schemas import Role
from server.db.base import OrganisationKey, Row


class PasswordRow(OrganisationKey, Row):
    """A member's password, as argon2id keeps it."""

    __tablename__ = "passwords"
    __table_args__ = (member_key(),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


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
    stepped_up_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class GuessRow(OrganisationKey, Row):
    """Wrong passwords for one account name, known or not: the delay must not tell them apart."""

    __tablename__ = "guesses"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    account_hash: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    free_at: Mapped[datetime]
