from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, json

from server.accounts.schemas import Display, Zone
from server.kit.errors import FieldError

Outcome = Literal["completed", "partial", "safe_stop"]
Source = Literal["player", "manual", "proxy"]
StopReason = Literal[
    "breath_felt_bad",
    "body_felt_too_strong",
    "memory_came",
    "felt_far_away",
    "pain",
    "not_for_me",
    "interrupted",
    "rather_not_say",
]
Status = Literal["stored", "duplicate", "conflict", "voided", "invalid"]
NotCounted = Literal["unknown_exercise", "clock_ahead", "too_long_ago", "fragment"]
State = Literal["growing", "resting", "paused", "quiet", "new"]
Change = Literal["better", "same", "harder", "not_sure"]
Unreal = Literal["no", "passed", "still_here"]
Rating = Annotated[int, Meta(ge=0, le=10)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Moment = Annotated[datetime, Meta(tz=True)]
Note = Annotated[str, Meta(max_length=1000)]
MoodWord = Annotated[str, Meta(max_length=20)]

MOST_ITEMS = 500
MOST_BYTES = 256 * 1024


class LogCompletion(Struct, frozen=True, kw_only=True):
    """One practice. `started_at` for what was played; `practice_date` and `logged_at` for what was entered by hand."""

    exercise: Annotated[str, Meta(min_length=1, max_length=60)]
    exercise_version: Annotated[int, Meta(ge=1, le=1_000_000)]
    zone: Zone
    outcome: Outcome = "completed"
    source: Source = "player"
    started_at: Moment | UnsetType = UNSET
    ended_at: Moment | UnsetType = UNSET
    practice_date: date | UnsetType = UNSET
    logged_at: Moment | UnsetType = UNSET
    seconds: Seconds = 0
    target_seconds: Seconds = 0
    stop_reason: StopReason | UnsetType = UNSET
    occurrence_id: UUID | UnsetType = UNSET
    distress_before: Rating | UnsetType = UNSET
    distress_after: Rating | UnsetType = UNSET
    presence: Rating | UnsetType = UNSET
    ease: Rating | UnsetType = UNSET
    change: Change | UnsetType = UNSET
    unreal: Unreal | UnsetType = UNSET
    note: Note | UnsetType = UNSET


class ReportZone(Struct, frozen=True, kw_only=True):
    """From `at` on, the phone has been in `zone`."""

    at: Moment
    zone: Zone


class LogCheckIn(Struct, frozen=True, kw_only=True):
    """How somebody is at one moment, outside of a practice; all of it can be skipped (content brief 6.1).

    `not_ok`: they tapped "I am not OK". `mood_word` is sealed and never analysed.
    """

    at: Moment
    zone: Zone
    distress: Rating | UnsetType = UNSET
    presence: Rating | UnsetType = UNSET
    ease: Rating | UnsetType = UNSET
    mood_word: MoodWord | UnsetType = UNSET
    not_ok: bool = False


class Item(Struct, frozen=True, kw_only=True):
    """One fact: `put` with a body, or `void` of the completion or check-in with this id."""

    id: UUID
    op: Literal["put", "void"]
    type: Literal["completion", "zone", "check_in"] = "completion"
    body: Raw | UnsetType = UNSET


def _told(op: str, kind: str, body: type[Struct] | None) -> dict[str, Any]:
    """Tell the schema of one sort of item: items are decoded one by one, so no type of a field says it."""
    properties: dict[str, Any] = {
        "id": {"type": "string", "format": "uuid"},
        "op": {"const": op},
        "type": {"const": kind},
    }
    if body is not None:
        properties["body"] = json.schema_components([body])[1][body.__name__]
    return {"type": "object", "required": list(properties), "properties": properties}


SORTS = [
    _told("put", "completion", LogCompletion),
    _told("put", "zone", ReportZone),
    _told("put", "check_in", LogCheckIn),
    _told("void", "completion", None),
    _told("void", "check_in", None),
]


class Push(Struct, frozen=True, kw_only=True):
    """A phone's outbox, oldest first; at most 500 items and 256 KiB. Each item is judged alone (`sync.md`, Push)."""

    items: list[Annotated[Raw, Meta(extra_json_schema={"oneOf": SORTS})]]
    schema: Literal[1] = 1


class Result(Struct, frozen=True, kw_only=True):
    """What became of one item. `id` is absent only when it could not be read; `version` when nothing was stored."""

    status: Status
    id: UUID | UnsetType = UNSET
    version: int | UnsetType = UNSET
    counted: bool | UnsetType = UNSET
    reason: NotCounted | UnsetType = UNSET
    occurrence_known: bool | UnsetType = UNSET
    errors: tuple[FieldError, ...] | UnsetType = UNSET


class Pushed(Struct, frozen=True, kw_only=True):
    """One result for each item, in order."""

    results: list[Result]
    epoch: UUID
    version: int
    server_time: datetime


class Interval(Struct, frozen=True, kw_only=True):
    """The dates after a held dosing session and before the next, or, without `session_id`, before the first (R15).

    `adherence` is absent when nothing was due (R14), `hours_to_first_practice` when there was none yet.
    """

    days: int
    practised: int
    missed: int
    first_3_days: int
    session_id: UUID | UnsetType = UNSET
    adherence: float | UnsetType = UNSET
    hours_to_first_practice: float | UnsetType = UNSET


class Gentle(Struct, frozen=True, kw_only=True):
    """What the display `gentle` shows: days this week beside the number agreed, and weeks in all, which only grow."""

    practised_this_week: int
    agreed_this_week: int
    weeks_practised: int


class Streak(Struct, frozen=True, kw_only=True):
    """How the caller's practice stands (`streaks.md`, Format). `display` says how much of it to show (R17)."""

    display: Display
    state: State
    today: date
    today_state: str
    gentle: Gentle
    current: int
    longest: int
    grace_used: int
    missed: tuple[date, ...]
    neutral: dict[date, str]
    held: tuple[str, ...]
    ignored: tuple[str, ...]
    preparation: Interval
    intervals: list[Interval]
    adherence: float | UnsetType = UNSET


class Day(Struct, frozen=True, kw_only=True):
    """A date, what kind it is and which rule of the streaks decided."""

    date: date
    kind: str
    rule: str


class Explanation(Struct, frozen=True, kw_only=True):
    """Why each date of a span is what it is."""

    days: list[Day]


class Practised(Struct, frozen=True, kw_only=True):
    """How often an exercise was practised. `by_carer`: how many of these a carer entered; absent: none."""

    exercise: str
    times: int
    by_carer: int | UnsetType = UNSET


class EarlyStop(Struct, frozen=True, kw_only=True):
    """A practice the client ended early; a full practice, and what it was that they did not want to go on with."""

    exercise: str
    practice_date: date
    reason: StopReason | UnsetType = UNSET


class NotedPractice(Struct, frozen=True, kw_only=True):
    """What the client wrote about a practice."""

    exercise: str
    practice_date: date
    note: str


class IntervalReport(Struct, frozen=True, kw_only=True, rename={"first_date": "from", "last_date": "to"}):
    """One interval for the therapist. `early_stops` and `notes` are absent unless the client shares them."""

    figures: Interval
    last_date: date
    practices: list[Practised]
    first_date: date | UnsetType = UNSET
    early_stops: list[EarlyStop] | UnsetType = UNSET
    notes: list[NotedPractice] | UnsetType = UNSET


class SharedStreak(Struct, frozen=True, kw_only=True):
    """The figures of a streak that the client shares."""

    current: int
    longest: int
    gentle: Gentle


class SharedMoment(Struct, frozen=True, kw_only=True):
    """The ratings of one check-in, as somebody who supports the client sees them: no words, no calls for help."""

    practice_date: date
    distress: int | UnsetType = UNSET
    presence: int | UnsetType = UNSET
    ease: int | UnsetType = UNSET


class SupportView(Struct, frozen=True, kw_only=True):
    """What the client shares with the caller, who supports them, now. `shown_name` is what the client chose.

    `check_ins`: the ratings of the last 30 days, newest first. Of a client who is silenced nothing is shown.
    """

    shown_name: str | UnsetType = UNSET
    streak: Gentle | UnsetType = UNSET
    check_ins: list[SharedMoment] | UnsetType = UNSET


class AssignmentReport(Struct, frozen=True, kw_only=True, rename={"first_date": "from", "last_date": "to"}):
    """How one assignment was kept: of its own dates, and by the practice that counts for it (`streaks.md` R11, R14).

    `practised` and `missed` are its dates on which practice was agreed; `adherence` is absent when there were none.
    """

    assignment_id: UUID
    practice_set_id: UUID
    version: int
    first_date: date
    practised: int
    missed: int
    last_date: date | UnsetType = UNSET
    adherence: float | UnsetType = UNSET


class ClientReport(Struct, frozen=True, kw_only=True):
    """A client's practice by interval, oldest first. `no_data_since`: silence is not refusal (`domain.md`, Signals).

    `as_of` is the instant it is about, `known_at` the one from which it is told what was known: asked again with both,
    it says the same. `streak` is absent unless the client shares it, and while they are silenced.
    """

    as_of: datetime
    known_at: datetime
    intervals: list[IntervalReport]
    assignments: list[AssignmentReport]
    streak: SharedStreak | UnsetType = UNSET
    no_data_since: datetime | UnsetType = UNSET
