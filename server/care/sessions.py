"""A client's treatment sessions: planned, moved, decided; cancelled, never deleted."""

from datetime import UTC
from uuid import UUID

from msgspec import UNSET, UnsetType

from server.accounts import service as accounts
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.care import repository
from server.care.dates import out_of_order
from server.care.models import SessionRow
from server.care.schemas import ChangeSession, NewSession, Session, Sessions, SessionState
from server.kit.days import on_calendar, practice_date_of
from server.kit.errors import FieldError, Invalid, NotFound
from server.kit.ids import new_id
from server.web.etags import require_match, revision_etag


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


def _check_session(row: SessionRow, owner: ClientRow, work: Work) -> None:
    if not on_calendar(row.starts_at):
        raise out_of_order("/starts_at")
    over = row.status in ("held", "no_show")
    today = practice_date_of(work.now, row.zone, owner.day_start)
    if over and practice_date_of(row.starts_at, row.zone, owner.day_start) > today:
        error = FieldError(
            pointer="/status", code="too_early", detail="A session is held or missed on its day, not before."
        )
        raise Invalid("This session is still to come.", errors=[error])


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
