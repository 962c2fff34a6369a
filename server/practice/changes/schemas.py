"""What a phone is told of its owner's scope (`sync.md`, Pull). A new kind: a body, a change, and a line in `Change`."""

from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.accounts.schemas import Display, LeftOut, Mode
from server.care.flags.schemas import KnownDates
from server.care.items import PracticeItem
from server.care.schemas import AssignmentPause, Session
from server.catalogue.suitability.person import Approval, Lifted
from server.catalogue.vocabulary import Flag
from server.practice.pauses.schemas import Pause
from server.practice.reminders.schemas import ReminderTime
from server.practice.schemas import Change as Feeling
from server.practice.schemas import Outcome, Source, StopReason, Unreal


class SilencedDates(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """Dates on which nothing was asked or told, both inclusive; they count as paused. `to` absent: it goes on."""

    from_date: date
    to_date: date | UnsetType = UNSET


class Details(Struct, frozen=True, kw_only=True):
    """How the client's days are counted, and what only they decide. Where they live is told by zones."""

    locale: str
    day_start: str
    rest_days: int
    display: Display
    mode: Mode
    grace: int
    daily_target: int
    silences: tuple[SilencedDates, ...]
    left_out: LeftOut


class AssignedSet(Struct, frozen=True, kw_only=True, rename={"from_date": "from", "to_date": "to"}):
    """A version of a practice set in the client's plan, first and last day inclusive, with everything in it.

    `pauses`: dates on which nothing of it is due. `counted_from`: what every-n-days items are counted from, instead of
    the first day. `note`: the therapist's words.
    """

    practice_set_id: UUID
    version: int
    title: str
    items: tuple[PracticeItem, ...]
    from_date: date
    pauses: tuple[AssignmentPause, ...]
    to_date: date | UnsetType = UNSET
    counted_from: date | UnsetType = UNSET
    note: str | UnsetType = UNSET


class KnownZone(Struct, frozen=True, kw_only=True):
    """From `at` on the client lives in `zone`."""

    at: datetime
    zone: str


class Completion(Struct, frozen=True, kw_only=True):
    """A practice as it is kept. `practice_date` was decided once (`streaks.md` R1); the client's own note is in it.

    `exercise_known`: whether the catalogue knew the exercise when the practice arrived; otherwise it does not count.
    """

    exercise: str
    exercise_version: int
    exercise_known: bool
    zone: str
    practice_date: date
    outcome: Outcome
    source: Source
    seconds: int
    target_seconds: int
    logged_at: datetime
    received_at: datetime
    started_at: datetime | UnsetType = UNSET
    ended_at: datetime | UnsetType = UNSET
    stop_reason: StopReason | UnsetType = UNSET
    occurrence_id: UUID | UnsetType = UNSET
    distress_before: int | UnsetType = UNSET
    distress_after: int | UnsetType = UNSET
    presence: int | UnsetType = UNSET
    ease: int | UnsetType = UNSET
    change: Feeling | UnsetType = UNSET
    unreal: Unreal | UnsetType = UNSET
    note: str | UnsetType = UNSET


class CheckIn(Struct, frozen=True, kw_only=True):
    """How the client was at one moment, as they told it; the word is their own."""

    at: datetime
    zone: str
    practice_date: date
    not_ok: bool
    distress: int | UnsetType = UNSET
    presence: int | UnsetType = UNSET
    ease: int | UnsetType = UNSET
    mood_word: str | UnsetType = UNSET


class KeptReminders(Struct, frozen=True, kw_only=True):
    """When and how the client wants to be reminded by their own phone; without times reminders are off."""

    times: tuple[ReminderTime, ...]
    text_id: str
    quiet_from: str
    quiet_to: str
    in_palliative_mode: bool
    unopened: int
    own_words: str | UnsetType = UNSET


class KeptFlags(Struct, frozen=True, kw_only=True):
    """What decides which exercises suit the client, as docs/suitability.md has it; dosing is told by the sessions.

    Without this kind in a scope there is no screening on file.
    """

    flags: tuple[Flag, ...]
    dates: KnownDates
    approvals: tuple[Approval, ...]
    overrides: tuple[Lifted, ...]


class _Change(Struct, frozen=True, kw_only=True, tag_field="kind"):
    version: int
    id: UUID
    deleted: bool


class ClientChange(_Change, frozen=True, kw_only=True, tag="client"):
    """The client themselves."""

    body: Details | UnsetType = UNSET


class ZoneChange(_Change, frozen=True, kw_only=True, tag="zone"):
    """Where they live from an instant on."""

    body: KnownZone | UnsetType = UNSET


class SessionChange(_Change, frozen=True, kw_only=True, tag="session"):
    """A treatment session."""

    body: Session | UnsetType = UNSET


class AssignmentChange(_Change, frozen=True, kw_only=True, tag="assignment"):
    """A practice set in their plan."""

    body: AssignedSet | UnsetType = UNSET


class PauseChange(_Change, frozen=True, kw_only=True, tag="pause"):
    """Dates set aside; deleted when they were taken back."""

    body: Pause | UnsetType = UNSET


class CompletionChange(_Change, frozen=True, kw_only=True, tag="completion"):
    """A practice; deleted when the client took it back."""

    body: Completion | UnsetType = UNSET


class CheckInChange(_Change, frozen=True, kw_only=True, tag="check_in"):
    """A check-in; deleted when the client took it back."""

    body: CheckIn | UnsetType = UNSET


class RemindersChange(_Change, frozen=True, kw_only=True, tag="reminders"):
    """The client's reminders."""

    body: KeptReminders | UnsetType = UNSET


class FlagsChange(_Change, frozen=True, kw_only=True, tag="flags"):
    """What decides which exercises suit them."""

    body: KeptFlags | UnsetType = UNSET


Change: TypeAlias = (
    ClientChange
    | ZoneChange
    | SessionChange
    | AssignmentChange
    | PauseChange
    | CompletionChange
    | CheckInChange
    | RemindersChange
    | FlagsChange
)


class Changes(Struct, frozen=True, kw_only=True):
    """What was written after a cursor, in version order; of what was deleted there is no body.

    `epoch` and `version` are the scope's; `digest` is of everything up to `cursor`, on the last page only.
    """

    items: list[Change]
    cursor: str
    has_more: bool
    epoch: UUID
    version: int
    digest: str | UnsetType = UNSET
