from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

Maker = Literal["client", "therapist"]


class AddPause(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """Set practice aside from one date to another, both included; without `to` until it is closed (`streaks.md` R5).

    `id`: the phone's own, by which it may send the same pause again.
    """

    from_date: date
    to_date: date | UnsetType = UNSET
    id: UUID | UnsetType = UNSET


class ChangePause(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """The dates to change; absent ones stay. `to` closes an open pause."""

    from_date: date | UnsetType = UNSET
    to_date: date | UnsetType = UNSET


class Pause(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """Dates set aside, both included; without `to` it is open. `revision` grows with every change."""

    id: UUID
    from_date: date
    made_by: Maker
    made_at: datetime
    revision: int
    to_date: date | UnsetType = UNSET


class Pauses(Struct, frozen=True, kw_only=True):
    """A client's pauses, by their first date."""

    items: list[Pause]


class PauseState(Struct, frozen=True, kw_only=True, tag_field="type", tag="pause"):
    """Which dates were set aside, as revisions keep it."""

    from_date: date
    to_date: date | None
    removed_at: datetime | None
