from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import client_key, in_version_order
from server.care.items import PracticeItem
from server.care.schemas import AssignmentPause, SessionKind, SessionStatus
from server.db.base import Document, OrganisationKey, Row
from server.kit.sealed import Sealed


class SessionRow(OrganisationKey, Row):
    """A treatment session. No substance, dose or route is ever stored. `decided_at`: when its status was last set."""

    __tablename__ = "sessions"
    __table_args__ = (client_key(), in_version_order())

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[SessionKind] = mapped_column(Text())
    starts_at: Mapped[datetime]
    zone: Mapped[str]
    status: Mapped[SessionStatus] = mapped_column(Text())
    decided_at: Mapped[datetime | None]
    revision: Mapped[int]
    version: Mapped[int]


class PracticeSetRow(OrganisationKey, Row):
    """One version of a practice set; a change makes another."""

    __tablename__ = "practice_sets"
    __table_args__ = (ForeignKeyConstraint(["organisation_id", "made_by"], ["members.organisation_id", "members.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Sealed]
    items: Mapped[tuple[PracticeItem, ...]] = mapped_column(Document(tuple[PracticeItem, ...]))
    retired: Mapped[bool]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class AssignmentRow(OrganisationKey, Row):
    """A version of a practice set, given to a client from a date on.

    `counted_from`: the day that every-n-days items are counted from, where an earlier version began before.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        client_key(),
        in_version_order(),
        ForeignKeyConstraint(
            ["organisation_id", "set_id", "set_version"],
            ["practice_sets.organisation_id", "practice_sets.id", "practice_sets.version"],
        ),
        Index(None, "organisation_id", "set_id", "set_version"),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    set_id: Mapped[UUID]
    set_version: Mapped[int]
    assigned_by: Mapped[UUID]
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    counted_from: Mapped[date | None]
    pauses: Mapped[tuple[AssignmentPause, ...]] = mapped_column(Document(tuple[AssignmentPause, ...]))
    note: Mapped[Sealed | None]
    assigned_at: Mapped[datetime]
    revision: Mapped[int]
    version: Mapped[int]
