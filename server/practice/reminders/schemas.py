from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

WallClock = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="Wall clock, as in 18:30", examples=["18:30"])
]
LocalMoment = Annotated[str, Meta(description="Wall clock without a zone, as in 2026-06-01T18:27:40")]
Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday")]
TextId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,60}\Z", examples=["your_reminder"])]
OwnWords = Annotated[str, Meta(min_length=1, max_length=60)]
Unopened = Annotated[int, Meta(ge=0, le=1000)]
NoneBecause = Literal["off", "silenced", "palliative", "unopened"]


class ReminderTime(Struct, frozen=True, kw_only=True):
    """A time of day, on these days of the week."""

    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]
    at: WallClock


class SetReminders(Struct, frozen=True, kw_only=True):
    """What a client asks for; without times reminders are off. All of it replaces what was there.

    `own_words` are shown inside of the app only, in place of the text. `unopened`: how many reminders in a row nobody
    opened, as the phone counts. `in_palliative_mode`: also then, since the client asks for it.
    """

    times: Annotated[tuple[ReminderTime, ...], Meta(max_length=3)]
    text_id: TextId = "your_reminder"
    own_words: OwnWords | UnsetType = UNSET
    quiet_from: WallClock = "21:00"
    quiet_to: WallClock = "08:00"
    in_palliative_mode: bool = False
    unopened: Unopened = 0


class ReminderText(Struct, frozen=True, kw_only=True):
    """A text to choose."""

    id: str
    text: str


class Reminders(Struct, frozen=True, kw_only=True):
    """What a client has asked for, and the texts to choose from in their language."""

    times: tuple[ReminderTime, ...]
    text_id: str
    quiet_from: str
    quiet_to: str
    in_palliative_mode: bool
    unopened: int
    stop_after_unopened: int
    texts: list[ReminderText]
    own_words: str | UnsetType = UNSET


class Reminder(Struct, frozen=True, kw_only=True):
    """One reminder, on the wall clock of `zone`. `text_id` is `own_words` where the client wrote the text."""

    at: LocalMoment
    zone: str
    text_id: str
    text: str


class ReminderSchedule(Struct, frozen=True, kw_only=True):
    """What the phone plans by itself; the server sends nothing. A lock screen shows `lock_screen` and nothing else.

    The phone stops by itself after `stop_after_unopened` that nobody opened. `none_because`: why there are none.
    """

    zone: str
    lock_screen: str
    stop_after_unopened: int
    items: list[Reminder]
    none_because: NoneBecause | UnsetType = UNSET
