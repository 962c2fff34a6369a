from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, member_key
from server.accounts.schemas import MemberRole, Role
from server.accounts.sharing.models import support_person_key
from server.auth.schemas import MadeBy
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


class PasswordRow(OrganisationKey, Row):
    """A member's password, as argon2id keeps it."""

    __tablename__ = "passwords"
    __table_args__ = (member_key(),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


class PairingRow(OrganisationKey, Row):
    """A way in for one phone, once: a client's own, or, with `support_person_id`, that of somebody who supports them.

    Of a code that is read out, the first half (`locator`) finds the row and the second is the secret; a link names the
    row itself. `ended_at`: another one was made in its stead, or it was taken back.
    """

    __tablename__ = "pairings"
    __table_args__ = (
        client_key(),
        support_person_key(),
        UniqueConstraint("organisation_id", "locator"),
        Index(None, "organisation_id", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    support_person_id: Mapped[UUID | None]
    locator: Mapped[str | None]
    secret_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class InvitationRow(OrganisationKey, Row):
    """An offer to work at the clinic, handed over by the admin who made it (`member_id`)."""

    __tablename__ = "invitations"
    __table_args__ = (
        member_key(),
        Index(None, "organisation_id", "email_hash"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    email_hash: Mapped[bytes]
    email: Mapped[Sealed]
    name: Mapped[Sealed]
    role: Mapped[MemberRole] = mapped_column(Text())
    secret_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignInRow(OrganisationKey, Row):
    """One sign-in and the tokens that descend from it; only their SHA-256 is kept.

    The next refresh token is an HMAC of the presented one under `successor_key`: neither a copied database nor a
    copied token alone can compute it. `console`: the access secret travels as a cookie, and there is no refresh token.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        Index(None, "organisation_id", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(Text())
    device_id: Mapped[UUID | None]
    made_by: Mapped[MadeBy] = mapped_column(Text())
    console: Mapped[bool]
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
    """Guesses counted together: those at one account name (known or not), from one address, or both.

    `bucket` is a keyed hash. `free_at` is when the next guess may come, and never before the last one.
    """

    __tablename__ = "guesses"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        Index(None, "organisation_id", "free_at"),
    )

    bucket: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    free_at: Mapped[datetime]


class TotpRow(OrganisationKey, Row):
    """The secret a member's authenticator app shares with us; without `confirmed_at` no factor yet.

    `last_step` is the time step (RFC 6238 4.2) of the newest code that was accepted: a code works once.
    """

    __tablename__ = "totp_factors"
    __table_args__ = (member_key(),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    secret: Mapped[Sealed]
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger())


class RecoveryCodeRow(OrganisationKey, Row):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (member_key(),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class ChallengeRow(OrganisationKey, Row):
    """Somebody has shown the right password and owes the second factor; `known` is the device they are known by."""

    __tablename__ = "factor_challenges"
    __table_args__ = (
        member_key(),
        Index(None, "organisation_id", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    secret_hash: Mapped[bytes]
    known: Mapped[bytes | None]
    tries: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
