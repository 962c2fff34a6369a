from datetime import datetime
from uuid import UUID

from msgspec import Struct


class NewCalendarFeed(Struct, frozen=True, kw_only=True):
    """Make a calendar feed; `sessions`: treatment sessions are in it, too, as appointments."""

    sessions: bool = False


class CalendarFeed(Struct, frozen=True, kw_only=True):
    """A feed there is. Its address was told once, when it was made."""

    id: UUID
    sessions: bool
    made_at: datetime


class MadeCalendarFeed(Struct, frozen=True, kw_only=True):
    """A feed and its address, which is not told again: whoever has it can read the feed."""

    id: UUID
    sessions: bool
    made_at: datetime
    url: str


class CalendarFeeds(Struct, frozen=True, kw_only=True):
    """The caller's feeds, the newest first."""

    items: list[CalendarFeed]
