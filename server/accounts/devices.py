"""The phones of a client. One that was ended is signed out at its next request; what it has queued stays on it."""

from uuid import UUID

from msgspec import UNSET

from server.accounts import repository
from server.accounts.policy import access_client, note
from server.accounts.schemas import Device, Devices
from server.accounts.work import Work
from server.kit.errors import NotFound


async def list_devices(work: Work, client: UUID) -> Devices:
    """Return a client's phones, the newest first.

    Raises:
        NotFound: the caller may not see this client.
    """
    await access_client(work, client)
    rows = await repository.list_devices(work.session, work.access, client)
    return Devices(
        items=[
            Device(
                id=row.id,
                paired_at=row.paired_at,
                current=row.id == work.access.device,
                last_outbox_at=row.last_outbox_at or UNSET,
                ended_at=row.ended_at or UNSET,
            )
            for row in rows
        ]
    )


async def end_device(work: Work, client: UUID, device: UUID) -> None:
    """End a phone; ending it again changes nothing.

    Raises:
        NotFound: the caller may not see this client, or it is none of their phones.
    """
    await access_client(work, client)
    row = await repository.lock_device(work.session, work.access, client, device)
    if row is None:
        raise NotFound("There is no such phone.")
    if row.ended_at is None:
        row.ended_at = work.now
        await work.session.flush()
        note(work, client, about=device)
