"""How a practice is kept, and how kept practices are read by the streak rules."""

from datetime import date, datetime, time
from typing import Protocol, TypeVar
from uuid import UUID

from msgspec import Struct, UnsetType

from server.kit.days import practice_date_of
from server.practice.items import Put
from server.practice.schemas import Change, LogCompletion, NotCounted, Outcome, Source, StopReason, Unreal
from server.practice.streaks.facts import Completion, Policy
from server.practice.streaks.practice import is_ahead_of_its_arrival, qualifies
from server.vault.sealing import Place

T = TypeVar("T")


class Kept(Protocol):
    """What the rules ask of a practice that is kept: a row, or an entry of the ledger."""

    id: UUID
    exercise_known: bool
    started_at: datetime | None
    zone: str
    practice_date: date
    outcome: Outcome
    seconds: int
    target_seconds: int
    source: Source
    logged_at: datetime
    received_at: datetime


class Entry(Struct, kw_only=True):
    """One practice in the ledger: the columns of `completions` but its owner and its note. `version`: in the scope."""

    id: UUID
    version: int
    device_id: UUID | None
    exercise: str
    exercise_version: int
    exercise_known: bool
    occurrence_id: UUID | None
    started_at: datetime | None
    ended_at: datetime | None
    zone: str
    practice_date: date
    outcome: Outcome
    stop_reason: StopReason | None
    seconds: int
    target_seconds: int
    source: Source
    distress_before: int | None
    distress_after: int | None
    presence: int | None
    ease: int | None
    change: Change | None
    unreal: Unreal | None
    logged_at: datetime
    received_at: datetime
    fingerprint: bytes | None


def practice_date(body: LogCompletion, day_start: time, now: datetime) -> date:
    """Return the date a practice belongs to: its own if it was entered by hand, else by its start (R1, R12)."""
    if body.source == "manual" and not isinstance(body.practice_date, UnsetType):
        return body.practice_date
    return practice_date_of(_or_none(body.started_at) or now, body.zone, day_start)


def entry_of(
    item: Put, body: LogCompletion, *, device: UUID | None, known: bool, day_start: time, now: datetime
) -> Entry:
    """Make an entry, without its version yet; its practice date is decided here and never again (R1, R12)."""
    return Entry(
        id=item.id,
        version=0,
        device_id=device,
        exercise=body.exercise,
        exercise_version=body.exercise_version,
        exercise_known=known,
        occurrence_id=_or_none(body.occurrence_id),
        started_at=_or_none(body.started_at),
        ended_at=_or_none(body.ended_at),
        zone=body.zone,
        practice_date=practice_date(body, day_start, now),
        outcome=body.outcome,
        stop_reason=_or_none(body.stop_reason),
        seconds=body.seconds,
        target_seconds=body.target_seconds,
        source=body.source,
        distress_before=_or_none(body.distress_before),
        distress_after=_or_none(body.distress_after),
        presence=_or_none(body.presence),
        ease=_or_none(body.ease),
        change=_or_none(body.change),
        unreal=_or_none(body.unreal),
        logged_at=_or_none(body.logged_at) or now,
        received_at=now,
        fingerprint=item.fingerprint,
    )


def note_place(organisation: UUID, client: UUID, completion: UUID) -> Place:
    """Return where the sealed note of a practice stands."""
    return Place(table="completions", column="note", organisation=organisation, owner=client, row=completion)


def completion_fact(kept: Kept) -> Completion:
    """Read a kept practice as the streak rules see it."""
    return Completion(
        id=str(kept.id),
        started_at=kept.started_at,
        zone=kept.zone,
        practice_date=kept.practice_date,
        outcome=kept.outcome,
        seconds=kept.seconds,
        target_seconds=kept.target_seconds,
        source=kept.source,
        logged_at=kept.logged_at,
        received_at=kept.received_at,
    )


def why_not_counted(kept: Kept, policy: Policy) -> NotCounted | None:
    """Say why a kept practice does not count by itself, or None when it does (`streaks.md` R2, R11, R12, R13)."""
    if not kept.exercise_known:
        return "unknown_exercise"
    fact = completion_fact(kept)
    if is_ahead_of_its_arrival(fact, policy, kept.received_at):
        return "clock_ahead"
    if kept.source == "manual":
        logged_on = practice_date_of(kept.logged_at, kept.zone, policy.day_start)
        if (logged_on - kept.practice_date).days > policy.backdate_days:
            return "too_long_ago"
    return None if qualifies(fact, policy) else "fragment"


def _or_none(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
