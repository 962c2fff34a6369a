"""Changing what a client was given: its end, its pauses, its note, its version."""

from datetime import date, timedelta
from uuid import UUID

from msgspec import UnsetType

from server.accounts.policy import access_client
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.care import repository, status
from server.care.assignments import note_of, seal_note, state_of, told
from server.care.dates import out_of_order, today_of
from server.care.models import AssignmentRow
from server.care.schemas import Assignment, ChangeAssignment, MoveAssignment
from server.care.sets import find_set
from server.kit.days import on_calendar
from server.kit.errors import Conflict, NotFound
from server.kit.ids import new_id
from server.web.etags import require_match, revision_etag

DAY = timedelta(days=1)


async def change_assignment(
    work: Work, client: UUID, key: UUID, data: ChangeAssignment, if_match: str | None
) -> Assignment:
    """End an assignment, set it aside, let it go on, or say something of it to the client.

    Raises:
        NotFound: no such assignment, or not in the caller's care.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the present revision.
        Conflict: it has ended; the past stays as it was lived.
        Invalid: its last day would be before today, or before its first.
    """
    owner = await access_client(work, client)
    row = await _lock(work, client, key, if_match)
    today = await today_of(work, owner)
    if not isinstance(data.to_date, UnsetType) or data.status in {"active", "paused"}:
        _refuse_ended(row, today)
    if not isinstance(data.to_date, UnsetType):
        if data.to_date < max(today, row.from_date):
            raise out_of_order("/to")
        row.to_date = data.to_date
    if not isinstance(data.status, UnsetType):
        {"active": status.go_on, "paused": status.pause, "ended": status.end}[data.status](row, today)
    if not isinstance(data.note, UnsetType):
        row.note = await seal_note(work, row, data.note)
    row.revision += 1
    row.version = (await open_scope(work, client)).record(row.id, state_of(row), replaces=row.version)
    await work.session.flush()
    return await told(work, row, await find_set(work, row.set_id, row.set_version), today)


async def move_assignment(
    work: Work, client: UUID, key: UUID, data: MoveAssignment, if_match: str | None
) -> Assignment:
    """Let another assignment follow with a newer version of the set; the old one ends the day before.

    So what was is still judged by what was agreed then. Items both versions have keep the ids of their occurrences,
    and every-n-days items their days.

    Raises:
        NotFound: no such assignment or version, or not in the caller's care.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the present revision.
        Conflict: it has ended, or its version is not older.
        Invalid: the day is before today, or none of its days.
    """
    owner = await access_client(work, client)
    row = await _lock(work, client, key, if_match)
    practice_set = await find_set(work, row.set_id, None if isinstance(data.version, UnsetType) else data.version)
    today = await today_of(work, owner)
    _refuse_ended(row, today)
    if practice_set.version <= row.set_version:
        raise Conflict("This assignment has this version, or a newer one.", code="not_newer")
    earliest = max(today, row.from_date)
    first = earliest if isinstance(data.from_date, UnsetType) else data.from_date
    if first < earliest or not on_calendar(first) or (row.to_date is not None and row.to_date < first):
        raise out_of_order("/from")
    follower = AssignmentRow(
        organisation_id=row.organisation_id,
        client_id=client,
        id=new_id(),
        set_id=row.set_id,
        set_version=practice_set.version,
        assigned_by=work.access.subject,
        from_date=first,
        to_date=row.to_date,
        counted_from=row.counted_from or row.from_date,
        pauses=status.from_day_on(row.pauses, first),
        assigned_at=work.now,
        revision=1,
    )
    follower.note = await seal_note(work, follower, note_of(row, await work.vault.key(row.organisation_id, client)))
    row.to_date = first - DAY
    row.revision += 1
    scope = await open_scope(work, client)
    row.version = scope.record(row.id, state_of(row), replaces=row.version)
    follower.version = scope.record(follower.id, state_of(follower))
    work.session.add(follower)
    await work.session.flush()
    return await told(work, follower, practice_set, today)


async def _lock(work: Work, client: UUID, key: UUID, if_match: str | None) -> AssignmentRow:
    row = await repository.lock_assignment(work.session, work.access, client, key)
    if row is None:
        raise NotFound("There is no such assignment.")
    require_match(if_match, revision_etag(row.revision))
    return row


def _refuse_ended(row: AssignmentRow, today: date) -> None:
    if status.status_on(row, today) == "ended":
        raise Conflict("This assignment has ended. Give the set anew.", code="assignment_ended")
