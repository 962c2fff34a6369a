"""How a practice is kept, and how kept practices are read by the streak rules."""

from datetime import date, datetime, time
from typing import TypeVar
from uuid import UUID

from msgspec import UnsetType

from server.accounts.schemas import Access
from server.kit.days import practice_date_of
from server.practice.items import Put
from server.practice.models import CompletionRow
from server.practice.schemas import LogCompletion, NotCounted
from server.practice.streaks.facts import Completion, Policy
from server.practice.streaks.practice import is_ahead_of_its_arrival, qualifies
from server.vault.sealing import Place

T = TypeVar("T")


def practice_date(body: LogCompletion, day_start: time, now: datetime) -> date:
    """Return the date a practice belongs to: its own if it was entered by hand, else by its start (R1, R12)."""
    if body.source == "manual" and not isinstance(body.practice_date, UnsetType):
        return body.practice_date
    return practice_date_of(_or_none(body.started_at) or now, body.zone, day_start)


def completion_row(
    access: Access, item: Put, body: LogCompletion, *, known: bool, day_start: time, now: datetime
) -> CompletionRow:
    """Make the row of a practice; its practice date is decided here and never again (`streaks.md` R1, R12)."""
    return CompletionRow(
        organisation_id=access.organisation,
        client_id=access.subject,
        id=item.id,
        device_id=access.device,
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


def completion_fact(row: CompletionRow) -> Completion:
    """Read a kept practice as the streak rules see it."""
    return Completion(
        id=str(row.id),
        started_at=row.started_at,
        zone=row.zone,
        practice_date=row.practice_date,
        outcome=row.outcome,
        seconds=row.seconds,
        target_seconds=row.target_seconds,
        source=row.source,
        logged_at=row.logged_at,
        received_at=row.received_at,
    )


def why_not_counted(row: CompletionRow, policy: Policy) -> NotCounted | None:
    """Say why a kept practice does not count by itself, or None when it does (`streaks.md` R2, R11, R12, R13)."""
    if not row.exercise_known:
        return "unknown_exercise"
    fact = completion_fact(row)
    if is_ahead_of_its_arrival(fact, policy, row.received_at):
        return "clock_ahead"
    logged_on = practice_date_of(row.logged_at, row.zone, policy.day_start)
    if row.source == "manual" and (logged_on - row.practice_date).days > policy.backdate_days:
        return "too_long_ago"
    return None if qualifies(fact, policy) else "fragment"


def _or_none(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
