"""Treatment sessions, practice sets, assignments and the agenda they make."""

from datetime import UTC, date, timedelta
from uuid import UUID, uuid5

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from server.accounts import service as accounts
from server.accounts.models import ClientRow
from server.accounts.modes import silenced_since
from server.accounts.policy import access_client
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.care import repository
from server.care.models import AssignmentRow, PracticeSetRow, SessionRow
from server.care.occurrences import Span
from server.care.plan import read_plan
from server.care.schemas import (
    Agenda,
    Assignment,
    Assignments,
    AssignmentState,
    ChangeSession,
    NewAssignment,
    NewItem,
    NewPracticeSet,
    NewSession,
    PracticeItem,
    PracticeSet,
    PracticeSets,
    Session,
    Sessions,
    SessionState,
)
from server.catalogue.snapshot import Snapshot
from server.kit.days import on_calendar, practice_date_of
from server.kit.errors import FieldError, Invalid, NotFound
from server.kit.ids import new_id
from server.vault.sealing import DataKey, Place
from server.web.etags import require_match, revision_etag

LONGEST_AGENDA = timedelta(days=92)
USUAL_AGENDA = timedelta(days=13)
# Every date of an assignment is judged anew with each report.
LONGEST_PAST = timedelta(days=731)


async def add_session(work: Work, client: UUID, data: NewSession) -> Session:
    """Note a treatment session.

    Raises:
        NotFound: not in the caller's care.
        Invalid: an unknown zone, a date beyond the calendar, or a session that is over before its day.
    """
    owner = await access_client(work, client)
    zone = await accounts.zone_of(work, owner) if isinstance(data.zone, UnsetType) else data.zone
    row = SessionRow(
        organisation_id=work.access.organisation,
        client_id=client,
        id=new_id(),
        kind=data.kind,
        starts_at=data.starts_at,
        zone=accounts.read_zone(zone, "/zone"),
        status=data.status,
        decided_at=None if data.status == "scheduled" else work.now,
        revision=1,
    )
    _check_session(row, owner, work)
    row.version = (await open_scope(work, client)).record(row.id, _session_state(row))
    work.session.add(row)
    await work.session.flush()
    return _session(row)


async def change_session(work: Work, client: UUID, key: UUID, data: ChangeSession, if_match: str | None) -> Session:
    """Move or decide a treatment session; its occurrences move with it and keep their ids.

    Raises:
        NotFound: no such session, or not in the caller's care.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the present revision.
        Invalid: as for `add_session`.
    """
    owner = await access_client(work, client)
    row = await repository.lock_session(work.session, work.access, client, key)
    if row is None:
        raise NotFound("There is no such session.")
    require_match(if_match, revision_etag(row.revision))
    row.starts_at = row.starts_at if isinstance(data.starts_at, UnsetType) else data.starts_at
    row.zone = row.zone if isinstance(data.zone, UnsetType) else accounts.read_zone(data.zone, "/zone")
    if not isinstance(data.status, UnsetType) and data.status != row.status:
        row.status, row.decided_at = data.status, work.now
    _check_session(row, owner, work)
    row.revision += 1
    row.version = (await open_scope(work, client)).record(row.id, _session_state(row), replaces=row.version)
    await work.session.flush()
    return _session(row)


async def list_sessions(work: Work, client: UUID) -> Sessions:
    """Return a client's treatment sessions, oldest first.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    return Sessions(items=[_session(row) for row in await repository.list_sessions(work.session, work.access, client)])


async def add_set(work: Work, data: NewPracticeSet, catalogue: Snapshot) -> PracticeSet:
    """Make the first version of a practice set; each item pins the exercise's present version.

    Raises:
        Invalid: an unknown exercise, or a window that ends before it begins.
    """
    items = tuple(_pin(item, position, catalogue) for position, item in enumerate(data.items))
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    practice_set = new_id()
    row = PracticeSetRow(
        organisation_id=work.access.organisation,
        id=practice_set,
        version=1,
        title=key.seal(title_place(work.access.organisation, practice_set, 1), data.title),
        items=items,
        made_by=work.access.subject,
        made_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    return _set(row, key)


async def list_sets(work: Work) -> PracticeSets:
    """Return the newest version of each of the clinic's practice sets, by title."""
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    items = [_set(row, key) for row in await repository.list_sets(work.session, work.access)]
    return PracticeSets(items=sorted(items, key=lambda each: (each.title.casefold(), each.id)))


async def read_set(work: Work, key: UUID, version: int | None) -> PracticeSet:
    """Return a version of a practice set, the newest when none is named.

    Raises:
        NotFound: the clinic has no such set or version.
    """
    row = await _find_set(work, key, version)
    return _set(row, await work.vault.key(row.organisation_id, row.organisation_id))


async def assign_set(work: Work, client: UUID, data: NewAssignment) -> Assignment:
    """Give a practice set to a client from a date on.

    Raises:
        NotFound: not in the caller's care, or the clinic has no such set or version.
        Invalid: it ends before it begins, or began more than two years ago.
    """
    owner = await access_client(work, client)
    practice_set = await _find_set(work, data.practice_set_id, None if data.version is UNSET else data.version)
    today = await _today(work, owner)
    first = today if isinstance(data.from_date, UnsetType) else data.from_date
    if first < today - LONGEST_PAST or not on_calendar(first):
        raise _out_of_order("/from")
    last = None if isinstance(data.to_date, UnsetType) else data.to_date
    if last is not None and last < first:
        raise _out_of_order("/to")
    row = AssignmentRow(
        organisation_id=work.access.organisation,
        client_id=client,
        id=new_id(),
        set_id=practice_set.id,
        set_version=practice_set.version,
        assigned_by=work.access.subject,
        from_date=first,
        to_date=last,
        assigned_at=work.now,
    )
    row.version = (await open_scope(work, client)).record(row.id, _assignment_state(row))
    work.session.add(row)
    await work.session.flush()
    return _assignment(row, practice_set, await work.vault.key(row.organisation_id, row.organisation_id))


async def list_assignments(work: Work, client: UUID) -> Assignments:
    """Return a client's assignments, oldest first.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    lines = await repository.list_assignments(work.session, work.access, client)
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    return Assignments(items=[_assignment(row, practice_set, key) for row, practice_set in lines])


async def read_agenda(work: Work, client: UUID, first: date | None, last: date | None) -> Agenda:
    """Return what is planned from `first` (default today) to `last` (default a fortnight), at most 92 days.

    Raises:
        NotFound: not in the caller's care.
        Invalid: the span ends before it begins, or is longer than 92 days.
    """
    owner = await access_client(work, client)
    plan = await read_plan(work, owner)
    begin = first or await _today(work, owner)
    if not on_calendar(begin):
        raise _out_of_order("?from")
    end = last or begin + USUAL_AGENDA
    if not begin <= end <= begin + LONGEST_AGENDA:
        raise _out_of_order("?to")
    planned = plan.occurrences(Span(first=begin, last=end))
    if silenced_since(owner) is not None:
        planned = [replace(each, due=False) for each in planned]
    return Agenda(from_date=begin, to_date=end, occurrences=planned)


async def _find_set(work: Work, key: UUID, version: int | None) -> PracticeSetRow:
    row = await repository.find_set(work.session, work.access, key, version)
    if row is None:
        raise NotFound("There is no such practice set, or no such version of it.")
    return row


async def _today(work: Work, owner: ClientRow) -> date:
    return practice_date_of(work.now, await accounts.zone_of(work, owner), owner.day_start)


def _check_session(row: SessionRow, owner: ClientRow, work: Work) -> None:
    if not on_calendar(row.starts_at):
        raise _out_of_order("/starts_at")
    over = row.status in ("held", "no_show")
    today = practice_date_of(work.now, row.zone, owner.day_start)
    if over and practice_date_of(row.starts_at, row.zone, owner.day_start) > today:
        error = FieldError(
            pointer="/status", code="too_early", detail="A session is held or missed on its day, not before."
        )
        raise Invalid("This session is still to come.", errors=[error])


def _pin(item: NewItem, position: int, catalogue: Snapshot) -> PracticeItem:
    exercise = catalogue.exercises.get(item.exercise)
    if exercise is None:
        pointer = f"/items/{position}/exercise"
        error = FieldError(pointer=pointer, code="unknown_exercise", detail="The catalogue has no such exercise.")
        raise Invalid("An exercise is not known.", errors=[error])
    if item.to_day < item.from_day:
        raise _out_of_order(f"/items/{position}/to_day")
    return PracticeItem(
        id=new_id(),
        exercise=item.exercise,
        exercise_version=exercise.content_version,
        length=item.length,
        anchor=item.anchor,
        from_day=item.from_day,
        to_day=item.to_day,
        times_of_day=tuple(dict.fromkeys(item.times_of_day)),
        recurrence=item.recurrence,
    )


def _out_of_order(pointer: str) -> Invalid:
    error = FieldError(
        pointer=pointer, code="out_of_range", detail="The end is before the beginning, or one of them is too far away."
    )
    return Invalid("These dates do not make a span.", errors=[error])


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        kind=row.kind,
        starts_at=row.starts_at.astimezone(UTC),
        zone=row.zone,
        status=row.status,
        revision=row.revision,
        decided_at=row.decided_at or UNSET,
    )


def _session_state(row: SessionRow) -> SessionState:
    return SessionState(
        kind=row.kind, starts_at=row.starts_at, zone=row.zone, status=row.status, decided_at=row.decided_at
    )


def _assignment_state(row: AssignmentRow) -> AssignmentState:
    return AssignmentState(set_id=row.set_id, set_version=row.set_version, from_date=row.from_date, to_date=row.to_date)


def title_place(organisation: UUID, practice_set: UUID, version: int) -> Place:
    """Return where the sealed title of one version of a practice set stands; it opens for no other version."""
    row = uuid5(practice_set, str(version))
    return Place(table="practice_sets", column="title", organisation=organisation, owner=organisation, row=row)


def _title(row: PracticeSetRow, key: DataKey) -> str:
    return key.open(title_place(row.organisation_id, row.id, row.version), row.title)


def _set(row: PracticeSetRow, key: DataKey) -> PracticeSet:
    return PracticeSet(id=row.id, version=row.version, title=_title(row, key), items=row.items)


def _assignment(row: AssignmentRow, practice_set: PracticeSetRow, key: DataKey) -> Assignment:
    return Assignment(
        id=row.id,
        practice_set_id=row.set_id,
        version=row.set_version,
        title=_title(practice_set, key),
        from_date=row.from_date,
        to_date=row.to_date or UNSET,
    )
