from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository
from server.accounts.models import OrganisationRow
from server.db.tenancy import enter
from server.kit.errors import Conflict, Invalid
from server.kit.ids import new_id
from server.vault.keys import Keys
from server.vault.service import Vault


async def add_organisation(
    session: AsyncSession, keys: Keys, handle: str, name: str, *, demo: bool, now: datetime
) -> UUID:
    """Found a clinic with a data key of its own and return its id; `demo` marks invented people.

    Raises:
        Conflict: SQLite, which holds one clinic a file, holds one already.
    """
    if session.get_bind().dialect.name == "sqlite" and await repository.find_organisations(session, None):
        raise Conflict("SQLite holds one clinic, and there is one already. A second one needs PostgreSQL.")
    row = OrganisationRow(
        id=new_id(), handle=handle, name=name, demo=demo, needs_second_factor=not demo, created_at=now
    )
    await enter(session, row.id)
    session.add(row)
    await session.flush()
    await Vault(session, keys).add(row.id, row.id, now)
    return row.id


async def find_organisation(session: AsyncSession, handle: str | None) -> UUID:
    """Return the organisation meant, the only one there is or the one with this handle, and enter it.

    Raises:
        Invalid: there are several and no handle says which; an unknown handle answers the same.
    """
    rows = await repository.find_organisations(session, handle)
    if len(rows) != 1:
        raise Invalid("Say which organisation you belong to, by its handle.", code="which_organisation")
    await enter(session, rows[0].id)
    return rows[0].id
