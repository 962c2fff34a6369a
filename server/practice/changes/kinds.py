"""The kinds of things in a client's scope. A new one is a line in `KINDS`, its table indexed by version."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from msgspec import UNSET, Struct, UnsetType

from server.accounts.models import ClientRow, ZoneRow
from server.accounts.modes import shown_display
from server.accounts.preferences import open_left_out
from server.accounts.work import Work
from server.care import repository as care
from server.care.assignments import note_of
from server.care.flags.models import ClientFlagsRow
from server.care.flags.screening import approvals_of, known_dates, open_screening, overrides_of
from server.care.models import AssignmentRow, SessionRow
from server.care.schemas import Session
from server.care.sets import title_place
from server.db.base import Row
from server.practice.changes import repository
from server.practice.changes.schemas import (
    AssignedSet,
    AssignmentChange,
    Change,
    CheckIn,
    CheckInChange,
    ClientChange,
    Completion,
    CompletionChange,
    Details,
    FlagsChange,
    KeptFlags,
    KeptReminders,
    KnownZone,
    PauseChange,
    RemindersChange,
    SessionChange,
    SilencedDates,
    ZoneChange,
)
from server.practice.check_ins.taking_in import mood_word_place
from server.practice.ledger import note_place
from server.practice.models import CheckInRow, CompletionRow, VoidRow
from server.practice.pauses.models import PauseRow
from server.practice.pauses.service import tell
from server.practice.reminders.models import RemindersRow
from server.practice.reminders.service import reminders_place
from server.vault.sealing import DataKey

T = TypeVar("T")


class Kind(Struct, frozen=True, kw_only=True):
    """Where things of a kind are kept, and how a phone is told of those rows. All versions of a scope differ."""

    table: type[Row]
    tell: Callable[[Work, Sequence[Any]], Awaitable[Sequence[Change]]]


async def _clients(work: Work, rows: Sequence[ClientRow]) -> list[ClientChange]:
    key = await work.vault.key(work.access.organisation, work.access.subject)
    return [ClientChange(version=row.version, id=row.id, deleted=False, body=_details(row, key)) for row in rows]


def _details(row: ClientRow, key: DataKey) -> Details:
    return Details(
        locale=row.locale,
        day_start=row.day_start.isoformat("minutes"),
        rest_days=row.rest_days,
        display=shown_display(row),
        mode=row.mode,
        grace=row.grace,
        daily_target=row.daily_target,
        silences=tuple(SilencedDates(from_date=each.first, to_date=each.last or UNSET) for each in row.silences),
        left_out=open_left_out(row, key),
    )


async def _zones(_: Work, rows: Sequence[ZoneRow]) -> list[ZoneChange]:
    return [
        ZoneChange(version=row.version, id=row.id, deleted=False, body=KnownZone(at=row.at, zone=row.zone))
        for row in rows
    ]


async def _sessions(_: Work, rows: Sequence[SessionRow]) -> list[SessionChange]:
    return [SessionChange(version=row.version, id=row.id, deleted=False, body=_session(row)) for row in rows]


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        kind=row.kind,
        starts_at=row.starts_at,
        zone=row.zone,
        status=row.status,
        revision=row.revision,
        decided_at=row.decided_at or UNSET,
    )


async def _assignments(work: Work, rows: Sequence[AssignmentRow]) -> list[AssignmentChange]:
    house = work.access.organisation
    key, own = await work.vault.key(house, house), await work.vault.key(house, work.access.subject)
    pins = {(row.set_id, row.set_version) for row in rows}
    sets = await care.list_pinned_sets(work.session, work.access, pins)
    told = []
    for row in rows:
        pinned = sets[row.set_id, row.set_version]
        body = AssignedSet(
            practice_set_id=pinned.id,
            version=pinned.version,
            title=key.open(title_place(house, pinned.id, pinned.version), pinned.title),
            items=pinned.items,
            from_date=row.from_date,
            to_date=row.to_date or UNSET,
            pauses=row.pauses,
            counted_from=row.counted_from or UNSET,
            note=note_of(row, own) or UNSET,
        )
        told.append(AssignmentChange(version=row.version, id=row.id, deleted=False, body=body))
    return told


async def _pauses(_: Work, rows: Sequence[PauseRow]) -> list[PauseChange]:
    return [
        PauseChange(version=row.version, id=row.id, deleted=True)
        if row.removed_at
        else PauseChange(version=row.version, id=row.id, deleted=False, body=tell(row))
        for row in rows
    ]


async def _completions(work: Work, rows: Sequence[CompletionRow]) -> list[CompletionChange]:
    noted = any(row.note is not None for row in rows)
    key = await work.vault.key(work.access.organisation, work.access.subject) if noted else None
    return [CompletionChange(version=row.version, id=row.id, deleted=False, body=_completion(row, key)) for row in rows]


def _completion(row: CompletionRow, key: DataKey | None) -> Completion:
    place = note_place(row.organisation_id, row.client_id, row.id)
    return Completion(
        exercise=row.exercise,
        exercise_version=row.exercise_version,
        exercise_known=row.exercise_known,
        zone=row.zone,
        practice_date=row.practice_date,
        outcome=row.outcome,
        source=row.source,
        seconds=row.seconds,
        target_seconds=row.target_seconds,
        logged_at=row.logged_at,
        received_at=row.received_at,
        started_at=_or_unset(row.started_at),
        ended_at=_or_unset(row.ended_at),
        stop_reason=_or_unset(row.stop_reason),
        occurrence_id=_or_unset(row.occurrence_id),
        distress_before=_or_unset(row.distress_before),
        distress_after=_or_unset(row.distress_after),
        presence=_or_unset(row.presence),
        ease=_or_unset(row.ease),
        change=_or_unset(row.change),
        unreal=_or_unset(row.unreal),
        note=UNSET if row.note is None or key is None else key.open(place, row.note),
    )


def _or_unset(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


async def _check_ins(work: Work, rows: Sequence[CheckInRow]) -> list[CheckInChange]:
    worded = any(row.mood_word is not None for row in rows)
    key = await work.vault.key(work.access.organisation, work.access.subject) if worded else None
    return [CheckInChange(version=row.version, id=row.id, deleted=False, body=_check_in(row, key)) for row in rows]


def _check_in(row: CheckInRow, key: DataKey | None) -> CheckIn:
    place = mood_word_place(row.organisation_id, row.client_id, row.id)
    return CheckIn(
        at=row.at,
        zone=row.zone,
        practice_date=row.practice_date,
        not_ok=row.not_ok,
        distress=_or_unset(row.distress),
        presence=_or_unset(row.presence),
        ease=_or_unset(row.ease),
        mood_word=UNSET if row.mood_word is None or key is None else key.open(place, row.mood_word),
    )


async def _reminders(work: Work, rows: Sequence[RemindersRow]) -> list[RemindersChange]:
    worded = any(row.own_words is not None for row in rows)
    key = await work.vault.key(work.access.organisation, work.access.subject) if worded else None
    return [RemindersChange(version=row.version, id=row.id, deleted=False, body=_wish(row, key)) for row in rows]


def _wish(row: RemindersRow, key: DataKey | None) -> KeptReminders:
    place = reminders_place(row.organisation_id, row.client_id, row.id)
    return KeptReminders(
        times=row.times,
        text_id=row.text_id,
        quiet_from=row.quiet_from.isoformat("minutes"),
        quiet_to=row.quiet_to.isoformat("minutes"),
        in_palliative_mode=row.in_palliative_mode,
        unopened=row.unopened,
        own_words=UNSET if row.own_words is None or key is None else key.open(place, row.own_words),
    )


async def _flags(work: Work, rows: Sequence[ClientFlagsRow]) -> list[FlagsChange]:
    key = await work.vault.key(work.access.organisation, work.access.subject)
    return [FlagsChange(version=row.version, id=row.id, deleted=False, body=_known(row, key)) for row in rows]


def _known(row: ClientFlagsRow, key: DataKey) -> KeptFlags:
    known = open_screening(key, row)
    return KeptFlags(
        flags=known.flags, dates=known_dates(known), approvals=approvals_of(known), overrides=overrides_of(known)
    )


async def _voids(work: Work, rows: Sequence[VoidRow]) -> list[CompletionChange | CheckInChange]:
    """Tell what was taken back as what it was; a void that came before its item is taken for one of a practice."""
    ids = [row.completion_id for row in rows]
    checked = await repository.which_are_check_ins(work.session, work.access, ids)
    return [
        (CheckInChange if row.completion_id in checked else CompletionChange)(
            version=row.version, id=row.completion_id, deleted=True
        )
        for row in rows
    ]


KINDS: Final = (
    Kind(table=ClientRow, tell=_clients),
    Kind(table=ZoneRow, tell=_zones),
    Kind(table=SessionRow, tell=_sessions),
    Kind(table=AssignmentRow, tell=_assignments),
    Kind(table=PauseRow, tell=_pauses),
    Kind(table=CompletionRow, tell=_completions),
    Kind(table=CheckInRow, tell=_check_ins),
    Kind(table=RemindersRow, tell=_reminders),
    Kind(table=ClientFlagsRow, tell=_flags),
    Kind(table=VoidRow, tell=_voids),
)
