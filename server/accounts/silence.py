"""The end-of-life switch: at once nothing is asked and nothing is told, nothing is deleted, and it can be undone."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from server.accounts import service
from server.accounts.models import ClientRow
from server.accounts.modes import silenced_since
from server.accounts.policy import note
from server.accounts.schemas import Silence, Silenced
from server.accounts.scope import Scope, open_client
from server.accounts.work import Work
from server.kit.days import practice_date_of


async def silence(work: Work, client: UUID) -> Silenced:
    """Silence a client from now on; again changes nothing.

    Raises:
        NotFound: the caller may not see this client.
        Gone: the client is being erased.
    """
    scope, row = await open_client(work, client)
    since = silenced_since(row)
    if since is None:
        since = work.now
        await _keep(work, row, scope, (*row.silences, Silence(at=since, first=await _today(work, row))))
    return Silenced(since=since)


async def lift_silence(work: Work, client: UUID) -> None:
    """Let everything be as it was; the dates in between stay set aside, so that nobody has missed them.

    Raises:
        NotFound: the caller may not see this client.
        Gone: the client is being erased.
    """
    scope, row = await open_client(work, client)
    if silenced_since(row) is not None:
        # A zone further west may have put the clock back behind the first date.
        last = max(await _today(work, row), row.silences[-1].first)
        await _keep(work, row, scope, (*row.silences[:-1], replace(row.silences[-1], lifted_at=work.now, last=last)))


async def _keep(work: Work, row: ClientRow, scope: Scope, silences: tuple[Silence, ...]) -> None:
    row.silences = silences
    row.version = scope.record(row.id, service.client_state(row), replaces=row.version)
    await work.session.flush()
    if work.access.role == "client":
        note(work, row.id)


async def _today(work: Work, row: ClientRow) -> date:
    return practice_date_of(work.now, await service.zone_of(work, row), row.day_start)
