from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from support.clinic import NOON
from support.vaults import found, local, within

from server.db.engine import Sessions, create_engine
from server.settings import database_url
from server.vault.keys import KeyLost
from server.vault.models import DataKeyRow
from server.vault.sealing import Place, SealBroken
from server.vault.service import Vault

CLINIC, ELSEWHERE = uuid4(), uuid4()
ANA, MARA = uuid4(), uuid4()
KEYS = local()
TEXT = "She said the heron stayed all morning."


def place(organisation: UUID, owner: UUID, **where: str) -> Place:
    names = {"table": "notes", "column": "text", **where}
    return Place(organisation=organisation, owner=owner, row=UUID(int=1), **names)


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[Sessions]:
    sessions = Sessions(create_engine(database_url(database)))
    await found(sessions, CLINIC, ELSEWHERE)
    for organisation, owner in ((CLINIC, ANA), (CLINIC, MARA), (ELSEWHERE, ANA)):
        async with within(sessions, organisation) as session:
            await Vault(session, KEYS).add(organisation, owner, NOON)
    yield sessions
    await sessions.engine.dispose()


async def test_a_text_opens_in_a_later_request(sessions: Sessions) -> None:
    async with within(sessions, CLINIC) as session:
        sealed = (await Vault(session, KEYS).key(CLINIC, ANA)).seal(place(CLINIC, ANA), TEXT)
    async with within(sessions, CLINIC, writes=False) as session:
        assert (await Vault(session, KEYS).key(CLINIC, ANA)).open(place(CLINIC, ANA), sealed) == TEXT


async def test_only_the_wrapped_key_is_stored(sessions: Sessions) -> None:
    async with within(sessions, CLINIC, writes=False) as session:
        key = await Vault(session, KEYS).key(CLINIC, ANA)
        row = await session.get_one(DataKeyRow, (CLINIC, ANA, 1))
    assert key.secret not in row.wrapped
    assert row.made_at == NOON


async def test_many_keys_are_one_query_and_each_is_asked_for_once(sessions: Sessions) -> None:
    asked: list[str] = []
    event.listen(sessions.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    async with within(sessions, CLINIC, writes=False) as session:
        vault = Vault(session, KEYS)
        asked.clear()
        keys = await vault.keys(CLINIC, [ANA, MARA, uuid4()])
        assert keys.keys() == {ANA, MARA}
        assert await vault.key(CLINIC, ANA) is keys[ANA]
        assert await vault.keys(CLINIC, []) == {}
        assert len(asked) == 1
        await Vault(session, KEYS).key(CLINIC, MARA)
        assert len(asked) == 2


async def test_a_sealed_text_opens_for_no_other_client_column_row_or_organisation(sessions: Sessions) -> None:
    async with within(sessions, CLINIC, writes=False) as session:
        mine = await Vault(session, KEYS).keys(CLINIC, [ANA, MARA])
    async with within(sessions, ELSEWHERE, writes=False) as session:
        theirs = await Vault(session, KEYS).key(ELSEWHERE, ANA)
    sealed = mine[ANA].seal(place(CLINIC, ANA), TEXT)
    for key, where in (
        (mine[MARA], place(CLINIC, MARA)),
        (mine[MARA], place(CLINIC, ANA)),
        (theirs, place(ELSEWHERE, ANA)),
        (theirs, place(CLINIC, ANA)),
        (mine[ANA], place(CLINIC, ANA, column="title")),
        (mine[ANA], place(CLINIC, ANA, table="names")),
    ):
        with pytest.raises(SealBroken):
            key.open(where, sealed)
    assert mine[ANA].open(place(CLINIC, ANA), sealed) == TEXT


@pytest.mark.parametrize("organisation, owner", [(CLINIC, MARA), (ELSEWHERE, ANA)], ids=["client", "organisation"])
async def test_a_wrapped_key_pasted_into_another_row_does_not_open(
    sessions: Sessions, organisation: UUID, owner: UUID
) -> None:
    async with within(sessions, CLINIC, writes=False) as session:
        query = select(DataKeyRow.wrapped).where(DataKeyRow.organisation_id == CLINIC, DataKeyRow.owner_id == ANA)
        stolen = await session.scalar(query)
    async with within(sessions, organisation) as session:
        await Vault(session, KEYS).key(organisation, owner)
        there = (DataKeyRow.organisation_id == organisation, DataKeyRow.owner_id == owner)
        await session.execute(update(DataKeyRow).where(*there).values(wrapped=stolen))
    async with within(sessions, organisation, writes=False) as session:
        with pytest.raises(SealBroken):
            await Vault(session, KEYS).key(organisation, owner)


async def test_a_destroyed_key_is_gone_for_this_request_and_every_other(sessions: Sessions) -> None:
    async with within(sessions, CLINIC) as session:
        vault = Vault(session, KEYS)
        sealed = (await vault.key(CLINIC, ANA)).seal(place(CLINIC, ANA), TEXT)
        await vault.destroy(CLINIC, ANA)
        with pytest.raises(KeyLost):
            await vault.key(CLINIC, ANA)
        await vault.key(CLINIC, MARA)
    async with within(sessions, ELSEWHERE, writes=False) as session:
        await Vault(session, KEYS).key(ELSEWHERE, ANA)
    async with within(sessions, CLINIC) as session:
        with pytest.raises(KeyLost):
            await Vault(session, KEYS).key(CLINIC, ANA)
        again = await Vault(session, KEYS).add(CLINIC, ANA, NOON)
        with pytest.raises(SealBroken):
            again.open(place(CLINIC, ANA), sealed)


async def test_an_owner_has_one_key(sessions: Sessions) -> None:
    async with within(sessions, CLINIC, writes=False) as session:
        before = await Vault(session, KEYS).key(CLINIC, ANA)
    with pytest.raises(IntegrityError):
        async with within(sessions, CLINIC) as session:
            await Vault(session, KEYS).add(CLINIC, ANA, NOON)
    async with within(sessions, CLINIC, writes=False) as session:
        assert await Vault(session, KEYS).key(CLINIC, ANA) == before
