"""Erasing a client: the key, the rows, and the promise that no backup brings them back (`security.md`, Data)."""

import asyncio
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.policy import note
from server.auth.door import Caller
from server.db.engine import Sessions, forget_deleted
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.errors import NotFound, Unavailable
from server.privacy import repository
from server.privacy.ledger import Erased, Ledger
from server.vault.keys import Keys
from server.vault.service import Vault


async def erase_own(caller: Caller, ledger: Ledger) -> None:
    """Erase the caller, for good.

    Raises:
        NotFound, Unavailable: see `erase_client`.
    """
    access, door = caller.access, caller.door
    async with caller.unit() as work:
        await erase_client(work.session, work.keys, ledger, access.organisation, access.subject, work.now)
        note(work, access.subject)
    await forget_deleted(door.sessions.engine)


async def erase_client(
    session: AsyncSession, keys: Keys, ledger: Ledger, organisation: UUID, client: UUID, now: datetime
) -> None:
    """Erase a client in this transaction; the audit keeps ids and instants.

    The ledger is written first: if this transaction fails, the next start erases, as it was asked for.

    Raises:
        NotFound: there is no such client.
        Unavailable: the ledger cannot be written; nothing was erased.
    """
    if await repository.lock_client(session, organisation, client) is None:
        raise NotFound("There is no such client.")
    try:
        await asyncio.to_thread(ledger.note, Erased(organisation_id=organisation, client_id=client, at=now))
    except OSError as error:
        detail = "Nothing was erased: the list of the erased cannot be written. The operator must make room for it."
        raise Unavailable(detail, code="ledger_unavailable", retry_after=3600) from error
    await _erase(session, keys, organisation, client, now)


async def _erase(session: AsyncSession, keys: Keys, organisation: UUID, client: UUID, now: datetime) -> None:
    subjects = [client, *await repository.list_support_persons(session, organisation, client)]
    await repository.end_sign_ins(session, organisation, subjects, now)
    await Vault(session, keys).destroy(organisation, client)
    await repository.delete_client(session, organisation, client)


async def replay(sessions: Sessions, keys: Keys, ledger: Ledger, now: datetime) -> int:
    """Erase again whoever an older backup brought back, before anything is served; return how many.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    erased: dict[UUID, list[UUID]] = defaultdict(list)
    for each in ledger.read():
        erased[each.organisation_id].append(each.client_id)
    found = 0
    for organisation, clients in erased.items():
        async with unit_of_work(sessions, writes=True) as session:
            await enter(session, organisation)
            for client in await repository.list_present(session, organisation, clients):
                await _erase(session, keys, organisation, client, now)
                found += 1
    if found:
        await forget_deleted(sessions.engine)
    return found
