"""Who may see whom, decided here and nowhere else; what staff see of a client is written down here too."""

from collections.abc import Iterable
from uuid import UUID

from server.accounts import repository
from server.accounts.models import ClientRow
from server.accounts.schemas import READERS
from server.accounts.work import Work
from server.audit.service import Entry
from server.kit.errors import NotFound


async def access_client(work: Work, client: UUID) -> ClientRow:
    """Return a client the caller may see now; that somebody else did is written into the audit.

    Raises:
        NotFound: there is no such client, or the caller may not know that there is.
    """
    row = await repository.find_client(work.session, work.access, client)
    if row is None:
        raise NotFound("There is no such client in your care.")
    note_reads(work, [client])
    return row


def note_reads(work: Work, clients: Iterable[UUID]) -> None:
    """Write into the audit that the caller, unless it is their own record, sees these clients; each once a request."""
    if work.access.role in READERS:
        noted = {entry.client for entry in work.entries}
        note(work, *(client for client in clients if client not in noted))


def note(work: Work, *clients: UUID | None, about: UUID | None = None) -> None:
    """Write into the audit what the caller does; `about` is what it concerns besides a client."""
    work.entries.extend(
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
