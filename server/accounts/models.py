from datetime import datetime, time
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.schemas import Display, MemberRole, Mode, Silence
from server.db.base import Document, OrganisationKey, Row
from server.kit.sealed import Sealed


def client_key() -> ForeignKeyConstraint:
    """Return the foreign key of a row that belongs to a client; it never leaves the organisation."""
    return ForeignKeyConstraint(["organisation_id", "client_id"], ["clients.organisation_id", "clients.id"])


def in_version_order() -> Index:
    """Return the index by which the rows of a client's scope are read in the order they were written (`sync.md`)."""
    return Index(None, "organisation_id", "client_id", "version", unique=True)


def member_key() -> ForeignKeyConstraint:
    """Return the foreign key of a row that belongs to a member of the organisation."""
    return ForeignKeyConstraint(["organisation_id", "member_id"], ["members.organisation_id", "members.id"])


class OrganisationRow(Row):
    """A clinic. `handle` is the short name people sign in with when a server holds several.

    `needs_second_factor`: whether a password alone lets its members do anything but add a second factor.
    """

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    demo: Mapped[bool]
    needs_second_factor: Mapped[bool]
    created_at: Mapped[datetime]


class MemberRow(OrganisationKey, Row):
    """Somebody who works at the clinic; `email_hash` finds them without the address standing anywhere.

    Who has left is found by no address, so that it can be invited again.
    """

    __tablename__ = "members"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
        UniqueConstraint("organisation_id", "email_hash"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email_hash: Mapped[bytes | None]
    email: Mapped[Sealed]
    name: Mapped[Sealed]
    role: Mapped[MemberRole] = mapped_column(Text())
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ClientRow(OrganisationKey, Row):
    """Somebody in treatment, and how their days are counted.

    `silences`: from when to when nothing was asked or told, oldest first.
    """

    __tablename__ = "clients"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[Sealed]
    locale: Mapped[str]
    day_start: Mapped[time]
    rest_days: Mapped[int]
    mode: Mapped[Mode] = mapped_column(Text())
    grace: Mapped[int]
    daily_target: Mapped[int]
    silences: Mapped[tuple[Silence, ...]] = mapped_column(Document(tuple[Silence, ...]))
    display: Mapped[Display] = mapped_column(Text())
    left_out: Mapped[Sealed]
    created_at: Mapped[datetime]
    version: Mapped[int]


class CareRelationRow(OrganisationKey, Row):
    """From when to when a member cares for a client; only then may they see them."""

    __tablename__ = "care_relations"
    __table_args__ = (
        client_key(),
        member_key(),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]


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
    """From this instant on the client lives in this IANA zone; `id` is the phone's own where a phone reported it.

    `received_at` is when it became known.
    """

    __tablename__ = "zone_reports"
    __table_args__ = (client_key(), in_version_order())

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    zone: Mapped[str]
    received_at: Mapped[datetime]
    version: Mapped[int]


class SyncHeadRow(OrganisationKey, Row):
    """The unit of order of one client: locked by every write of the scope, so version order is commit order.

    `delivered_at`: when a phone last delivered its outbox. `standing` is what the next push needs to tell the streak
    without reading the past, and None when it must be read; `answer` is what was told of it last (decision 0018).
    """

    __tablename__ = "sync_heads"
    __table_args__ = (client_key(),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    epoch: Mapped[UUID]
    version: Mapped[int]
    digest: Mapped[int] = mapped_column(BigInteger())
    delivered_at: Mapped[datetime | None]
    standing: Mapped[bytes | None]
    answer: Mapped[bytes | None]


class RevisionRow(OrganisationKey, Row):
    """What a document of a client's scope said from a version on: kept so that a report can be made as it was known."""

    __tablename__ = "revisions"
    __table_args__ = (client_key(),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    kind: Mapped[str]
    at: Mapped[datetime]
    body: Mapped[str]
