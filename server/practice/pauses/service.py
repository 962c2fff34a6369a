"""Pauses: nobody asks for a reason, and none is too long or one too many (`streaks.md` R5)."""

from datetime import date, timedelta
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from server.accounts import service as accounts
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.schemas import STAFF
from server.accounts.scope import Scope, open_scope
from server.accounts.work import Work
from server.kit.days import on_calendar, practice_date_of
from server.kit.errors import Conflict, FieldError, Invalid, NotFound
from server.kit.ids import new_id
from server.practice.pauses import repository
from server.practice.pauses.models import PauseRow
from server.practice.pauses.schemas import AddPause, ChangePause, Pause, Pauses, PauseState
from server.web.etags import require_match, revision_etag

T = TypeVar("T")

FARTHEST_BACK: Final = timedelta(days=14)


async def list_pauses(work: Work, client: UUID) -> Pauses:
    """Return a client's pauses, by their first date.

    Raises:
        NotFound: the caller may not see this client.
    """
    await access_client(work, client)
    return Pauses(items=[tell(row) for row in await repository.list_pauses(work.session, work.access, client)])


async def add_pause(work: Work, client: UUID, data: AddPause) -> Pause:
    """Set dates aside. A phone that did not hear the answer sends the same again, and is answered the same pause.

    Raises:
        NotFound: the caller may not see this client.
        Conflict: the id is of another pause, or of one that was removed.
        Invalid: it begins more than 14 days back, or ends before it begins.
    """
    owner = await access_client(work, client)
    scope = await open_scope(work, client)
    key = new_id() if isinstance(data.id, UnsetType) else data.id
    last = None if isinstance(data.to_date, UnsetType) else data.to_date
    if known := await repository.find_pause(work.session, work.access, client, key):
        return await _again(work, known, data.from_date, last)
    await _check_first(work, owner, data.from_date)
    _check_order(data.from_date, last)
    row = PauseRow(
        organisation_id=work.access.organisation,
        client_id=client,
        id=key,
        from_date=data.from_date,
        to_date=last,
        made_by=work.access.subject if work.access.role in STAFF else None,
        made_at=work.now,
        removed_at=None,
        revision=1,
    )
    row.version = scope.record(row.id, _state(row))
    work.session.add(row)
    await work.session.flush()
    return tell(row)


async def change_pause(work: Work, client: UUID, key: UUID, data: ChangePause, if_match: str | None) -> Pause:
    """Move the dates of a pause, or close an open one.

    Raises:
        NotFound: no such pause, or the caller may not see this client.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the present revision.
        Invalid: as for `add_pause`; a first date that stays is not judged again.
    """
    owner = await access_client(work, client)
    scope = await open_scope(work, client)
    row = await _find(work, client, key)
    require_match(if_match, revision_etag(row.revision))
    first, last = _given(data.from_date, row.from_date), _given(data.to_date, row.to_date)
    if first != row.from_date:
        await _check_first(work, owner, first)
    _check_order(first, last)
    row.from_date, row.to_date = first, last
    return await _record(work, scope, row)


async def remove_pause(work: Work, client: UUID, key: UUID) -> None:
    """Take a pause back; what was removed before stays removed.

    Raises:
        NotFound: no such pause, or the caller may not see this client.
    """
    await access_client(work, client)
    scope = await open_scope(work, client)
    row = await repository.find_pause(work.session, work.access, client, key)
    if row is None:
        raise _nothing()
    if row.removed_at is None:
        row.removed_at = work.now
        await _record(work, scope, row)


def tell(row: PauseRow) -> Pause:
    """Return a pause as it is read."""
    return Pause(
        id=row.id,
        from_date=row.from_date,
        to_date=row.to_date or UNSET,
        made_by="client" if row.made_by is None else "therapist",
        made_at=row.made_at,
        revision=row.revision,
    )


async def _find(work: Work, client: UUID, key: UUID) -> PauseRow:
    row = await repository.find_pause(work.session, work.access, client, key)
    if row is None or row.removed_at is not None:
        raise _nothing()
    return row


async def _record(work: Work, scope: Scope, row: PauseRow) -> Pause:
    row.revision += 1
    row.version = scope.record(row.id, _state(row), replaces=row.version, deleted=row.removed_at is not None)
    await work.session.flush()
    return tell(row)


async def _again(work: Work, row: PauseRow, first: date, last: date | None) -> Pause:
    """Answer a pause that is sent again, whatever it has become; what it said at first tells whether it is the same."""
    if row.removed_at is not None:
        raise Conflict("This pause was removed. Make another one.", code="pause_removed")
    made = await repository.first_state(work.session, work.access, row.client_id, row.id)
    state = msgspec.json.decode(made, type=PauseState)
    if (state.from_date, state.to_date) != (first, last):
        raise Conflict("Another pause has this id.")
    return tell(row)


async def _check_first(work: Work, owner: ClientRow, first: date) -> None:
    today = practice_date_of(work.now, await accounts.zone_of(work, owner), owner.day_start)
    if first < today - FARTHEST_BACK or not on_calendar(first):
        raise _wrong("/from", "A pause begins at most 14 days back.")


def _check_order(first: date, last: date | None) -> None:
    if last is not None and (last < first or not on_calendar(last)):
        raise _wrong("/to", "A pause ends on its first day, or later.")


def _given(value: T | UnsetType, before: T) -> T:
    return before if isinstance(value, UnsetType) else value


def _state(row: PauseRow) -> PauseState:
    return PauseState(from_date=row.from_date, to_date=row.to_date, removed_at=row.removed_at)


def _nothing() -> NotFound:
    return NotFound("There is no such pause.")


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid(
        "These dates do not make a pause.", errors=[FieldError(pointer=pointer, code="out_of_range", detail=detail)]
    )
