"""Who may see whom, decided here and nowhere else; what staff see of a client is written down here too."""

from collections.abc import Iterable
from uuid import UUID

from server.accounts import repository
from server.accounts.models import ClientRow
from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.audit.service import Entry, record
from server.kit.errors import NotFound


async def access_client(work: Work, client: UUID) -> ClientRow:
    """Return a client the caller may see now; that a member of staff did is written into the audit.

    Raises:
        NotFound: there is no such client, or the caller may not know that there is.
    """
    row = await repository.find_client(work.session, work.access, client)
    if row is None:
        raise NotFound("There is no such client in your care.")
    await note_reads(work, [client])
    return row


async def note_reads(work: Work, clients: Iterable[UUID]) -> None:
    """Write into the audit that the caller, if they are staff, sees these clients; each once a request."""
    fresh = [client for client in clients if client not in work.read]
    work.read.update(fresh)
    if work.access.role in STAFF:
        await note(work, *fresh)


async def note(work: Work, *clients: UUID | None, about: UUID | None = None) -> None:
    """Write into the audit what the caller does; `about` is what it concerns besides a client."""
    entries = (
        Entry(
            at=work.now,
            actor=work.access.subject,
            role=work.access.role,
            action=work.action,
            client=client,
            object=about,
        )
        for client in clients
    )
    await record(work.session, work.keys, work.access.organisation, *entries)
