"""Which sets a client was given: from when to when, set aside when, moved to which version (`domain.md`, Plan)."""

from datetime import date, timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from server.accounts.policy import access_client
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.care import repository
from server.care.dates import out_of_order, today_of
from server.care.models import AssignmentRow, PracticeSetRow
from server.care.schemas import Assignment, Assignments, AssignmentState, NewAssignment
from server.care.sets import find_set, title_of
from server.care.status import status_on
from server.care.withdrawn import withdrawn_in
from server.catalogue.withdrawal import Graveyard
from server.kit.days import on_calendar
from server.kit.ids import new_id
from server.kit.sealed import Sealed
from server.vault.sealing import DataKey, Place

# Every date of an assignment is judged anew with each report.
LONGEST_PAST = timedelta(days=731)


async def assign_set(work: Work, client: UUID, data: NewAssignment) -> Assignment:
    """Give a practice set to a client from a date on.

    Raises:
        NotFound: not in the caller's care, or the clinic has no such set or version.
        Invalid: see `read_span`.
    """
    owner = await access_client(work, client)
    practice_set = await find_set(work, data.practice_set_id, None if data.version is UNSET else data.version)
    today = await today_of(work, owner)
    first, last = read_span(data.from_date, data.to_date, today)
    row = AssignmentRow(
        organisation_id=work.access.organisation,
        client_id=client,
        id=new_id(),
        set_id=practice_set.id,
        set_version=practice_set.version,
        assigned_by=work.access.subject,
        from_date=first,
        to_date=last,
        pauses=(),
        assigned_at=work.now,
        revision=1,
    )
    row.note = await seal_note(work, row, "" if isinstance(data.note, UnsetType) else data.note)
    row.version = (await open_scope(work, client)).record(row.id, state_of(row))
    work.session.add(row)
    await work.session.flush()
    return await told(work, row, practice_set, today)


def read_span(first: date | UnsetType, last: date | UnsetType, today: date) -> tuple[date, date | None]:
    """Return the first day, today by default, and the last one if there is any.

    Raises:
        Invalid: it ends before it begins, or began more than two years ago.
    """
    begin = today if isinstance(first, UnsetType) else first
    if begin < today - LONGEST_PAST or not on_calendar(begin):
        raise out_of_order("/from")
    if not isinstance(last, UnsetType) and last < begin:
        raise out_of_order("/to")
    return begin, None if isinstance(last, UnsetType) else last


async def list_assignments(work: Work, client: UUID, graveyard: Graveyard) -> Assignments:
    """Return a client's assignments, oldest first.

    Raises:
        NotFound: not in the caller's care.
    """
    today = await today_of(work, await access_client(work, client))
    lines = await repository.list_assignments(work.session, work.access, client)
    return Assignments(
        items=[
            replace(await told(work, row, practice_set, today), withdrawn=withdrawn_in(practice_set.items, graveyard))
            for row, practice_set in lines
        ]
    )


async def told(work: Work, row: AssignmentRow, practice_set: PracticeSetRow, today: date) -> Assignment:
    """Return an assignment of a client the caller has been let through to, as it is on the client's today."""
    titles = await work.vault.key(row.organisation_id, row.organisation_id)
    notes = await work.vault.key(row.organisation_id, row.client_id)
    return Assignment(
        id=row.id,
        practice_set_id=row.set_id,
        version=row.set_version,
        title=title_of(practice_set, titles),
        from_date=row.from_date,
        status=status_on(row, today),
        revision=row.revision,
        pauses=row.pauses,
        to_date=row.to_date or UNSET,
        counted_from=row.counted_from or UNSET,
        note=note_of(row, notes) or UNSET,
    )


def state_of(row: AssignmentRow) -> AssignmentState:
    """Return what revisions keep of an assignment: all but the note."""
    return AssignmentState(
        set_id=row.set_id,
        set_version=row.set_version,
        from_date=row.from_date,
        to_date=row.to_date,
        counted_from=row.counted_from,
        pauses=row.pauses,
    )


async def seal_note(work: Work, row: AssignmentRow, note: str) -> Sealed | None:
    """Return a note sealed for its place; an empty one is none."""
    key = await work.vault.key(row.organisation_id, row.client_id)
    return key.seal(_place(row), note) if note else None


def note_of(row: AssignmentRow, key: DataKey) -> str:
    """Return the note of an assignment, empty if there is none; `key` is the client's."""
    return "" if row.note is None else key.open(_place(row), row.note)


def _place(row: AssignmentRow) -> Place:
    return Place(table="assignments", column="note", organisation=row.organisation_id, owner=row.client_id, row=row.id)
