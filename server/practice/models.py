from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, in_version_order
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed
from server.practice.schemas import Change, Outcome, Source, StopReason, Unreal


class CompletionRow(OrganisationKey, Row):
    """One practice as the phone told it; `id` is the phone's own. Never changed, only voided."""

    __tablename__ = "completions"
    __table_args__ = (
        client_key(),
        in_version_order(),
        Index(None, "organisation_id", "client_id", "practice_date"),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    device_id: Mapped[UUID | None]
    exercise: Mapped[str]
    exercise_version: Mapped[int]
    exercise_known: Mapped[bool]
    occurrence_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    zone: Mapped[str]
    practice_date: Mapped[date]
    outcome: Mapped[Outcome] = mapped_column(Text())
    stop_reason: Mapped[StopReason | None] = mapped_column(Text())
    seconds: Mapped[int]
    target_seconds: Mapped[int]
    source: Mapped[Source] = mapped_column(Text())
    distress_before: Mapped[int | None]
    distress_after: Mapped[int | None]
    presence: Mapped[int | None]
    ease: Mapped[int | None]
    change: Mapped[Change | None] = mapped_column(Text())
    unreal: Mapped[Unreal | None] = mapped_column(Text())
    logged_at: Mapped[datetime]
    received_at: Mapped[datetime]
    # None: it came from another server, which made its own under another key.
    fingerprint: Mapped[bytes | None]
    # Read only where it is shown: reports and streaks read whole histories.
    note: Mapped[Sealed | None] = mapped_column(deferred=True)


class DeliveryRow(OrganisationKey, Row):
    """A phone of the client delivered its outbox; one row for each minute in which any did (`streaks.md` R8)."""

    __tablename__ = "deliveries"
    __table_args__ = (client_key(),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)


class VoidRow(OrganisationKey, Row):
    """The client took a completion or a check-in back; it wins over the fact whenever either came.

    `completion_id` is the id of either: ids are unique within a client's scope (`sync.md`, Push).
    """

    __tablename__ = "voids"
    __table_args__ = (client_key(), in_version_order())

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    completion_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    received_at: Mapped[datetime]


class CheckInRow(OrganisationKey, Row):
    """How the client was at one moment, outside of a practice; `id` is the phone's own. Never changed, only voided."""

    __tablename__ = "check_ins"
    __table_args__ = (
        client_key(),
        in_version_order(),
        Index(None, "organisation_id", "client_id", "practice_date"),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime]
    zone: Mapped[str]
    practice_date: Mapped[date]
    distress: Mapped[int | None]
    presence: Mapped[int | None]
    ease: Mapped[int | None]
    not_ok: Mapped[bool]
    received_at: Mapped[datetime]
    # None: it came from another server, which made its own under another key.
    fingerprint: Mapped[bytes | None]
    mood_word: Mapped[Sealed | None] = mapped_column(deferred=True)
