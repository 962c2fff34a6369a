from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.vault import repository
from server.vault.keys import KeyLost, Keys
from server.vault.models import DataKeyRow
from server.vault.sealing import DataKey, new_data_key


class Vault:
    """The data keys of one request: each is read and unwrapped once.

    The session has entered the organisation that is asked for (`security.md`, Isolation 3).
    """

    def __init__(self, session: AsyncSession, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self._found: dict[tuple[UUID, UUID], DataKey] = {}

    async def add(self, organisation: UUID, owner: UUID, now: datetime) -> DataKey:
        """Make and store the key of a new owner, who has none yet."""
        key = new_data_key()
        wrapped = await self._keys.wrap(organisation, owner, key.secret)
        self._session.add(
            DataKeyRow(organisation_id=organisation, owner_id=owner, version=key.version, wrapped=wrapped, made_at=now)
        )
        await self._session.flush()
        self._found[organisation, owner] = key
        return key

    async def key(self, organisation: UUID, owner: UUID) -> DataKey:
        """Return an owner's key.

        Raises:
            KeyLost: there is none (any more), or the version that wrapped it is retired.
            SealBroken: it was changed, or belongs to somebody else.
        """
        found = await self.keys(organisation, (owner,))
        if owner not in found:
            raise KeyLost("There is no key for what is asked.")
        return found[owner]

    async def keys(self, organisation: UUID, owners: Collection[UUID]) -> dict[UUID, DataKey]:
        """Return the keys of many owners with one query; whoever has none is left out.

        Raises:
            KeyLost: the version that wrapped one is retired.
            SealBroken: one was changed, or belongs to somebody else.
        """
        missing = {owner for owner in owners if (organisation, owner) not in self._found}
        for row in await repository.list_keys(self._session, organisation, missing) if missing else ():
            secret = await self._keys.unwrap(organisation, row.owner_id, row.wrapped)
            self._found[organisation, row.owner_id] = DataKey(version=row.version, secret=secret)
        return {owner: self._found[organisation, owner] for owner in owners if (organisation, owner) in self._found}

    async def destroy(self, organisation: UUID, owner: UUID) -> None:
        """Delete an owner's key: nothing it sealed can be opened again with what is in the database."""
        await repository.delete_keys(self._session, organisation, owner)
        self._found.pop((organisation, owner), None)
