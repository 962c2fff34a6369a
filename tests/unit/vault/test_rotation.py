import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from support.clinic import NOON
from support.vaults import found, local, within

from server.db.engine import Sessions, create_engine
from server.db.unit import unit_of_work
from server.settings import database_url
from server.vault import rotation
from server.vault.keyfile import new_key_list, with_next_version, without_version
from server.vault.keys import KeyLost, Keys, stamp
from server.vault.models import DataKeyRow
from server.vault.rotation import is_in_use, rewrap, rewrap_all
from server.vault.sealing import Place, SealBroken
from server.vault.service import Vault

CLINIC, ELSEWHERE = uuid4(), uuid4()
OWNERS = [uuid4() for _ in range(12)]
FIRST = new_key_list()
SECOND = with_next_version(FIRST)
TEXT = "She said the heron stayed all morning."


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[Sessions]:
    sessions = Sessions(create_engine(database_url(database)))
    await found(sessions, CLINIC, ELSEWHERE)
    for organisation in (CLINIC, ELSEWHERE):
        async with within(sessions, organisation) as session:
            vault = Vault(session, local(FIRST))
            for owner in OWNERS:
                await vault.add(organisation, owner, NOON)
    yield sessions
    await sessions.engine.dispose()


async def wrapped(sessions: Sessions, organisation: UUID) -> dict[UUID, bytes]:
    async with within(sessions, organisation, writes=False) as session:
        query = select(DataKeyRow.owner_id, DataKeyRow.wrapped).where(DataKeyRow.organisation_id == organisation)
        return {row.owner_id: row.wrapped for row in await session.execute(query)}


async def secrets(sessions: Sessions, organisation: UUID, keys: Keys) -> dict[UUID, bytes]:
    async with within(sessions, organisation, writes=False) as session:
        found = await Vault(session, keys).keys(organisation, OWNERS)
    return {owner: key.secret for owner, key in found.items()}


async def test_rewrapping_changes_how_keys_are_wrapped_and_nothing_else(sessions: Sessions) -> None:
    before = [await secrets(sessions, each, local(FIRST)) for each in (CLINIC, ELSEWHERE)]
    assert await rewrap_all(sessions, local(SECOND), [CLINIC, ELSEWHERE]) == 24
    assert await rewrap_all(sessions, local(SECOND), [CLINIC, ELSEWHERE]) == 0
    assert [await secrets(sessions, each, local(SECOND)) for each in (CLINIC, ELSEWHERE)] == before
    for organisation in (CLINIC, ELSEWHERE):
        assert all(each.startswith(stamp(2)) for each in (await wrapped(sessions, organisation)).values())


async def test_rewrapping_goes_in_batches_and_one_organisation_at_a_time(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with within(sessions, CLINIC) as session:
        assert await rewrap(session, local(SECOND), CLINIC, most=5) == 5
    assert sum(each.startswith(stamp(2)) for each in (await wrapped(sessions, CLINIC)).values()) == 5
    assert all(each.startswith(stamp(1)) for each in (await wrapped(sessions, ELSEWHERE)).values())
    monkeypatch.setattr(rotation, "BATCH", 3)
    assert await rewrap_all(sessions, local(SECOND), [CLINIC]) == 7


async def test_readers_open_every_value_while_keys_are_rewrapped(sessions: Sessions) -> None:
    place = Place(table="notes", column="text", organisation=CLINIC, owner=OWNERS[0], row=uuid4())
    async with within(sessions, CLINIC, writes=False) as session:
        sealed = (await Vault(session, local(FIRST)).key(CLINIC, OWNERS[0])).seal(place, TEXT)
    versions = [FIRST]
    for _ in range(6):
        versions.append(with_next_version(versions[-1]))
    done = asyncio.Event()

    async def read() -> int:
        opened = 0
        while not done.is_set() or not opened:
            async with within(sessions, CLINIC, writes=False) as session:
                key = await Vault(session, local(versions[-1])).key(CLINIC, OWNERS[0])
                assert key.open(place, sealed) == TEXT
            opened += 1
        return opened

    async def rotate() -> int:
        rewrapped = sum([await rewrap_all(sessions, local(each), [CLINIC]) for each in versions])
        done.set()
        return rewrapped

    *opened, rewrapped = await asyncio.gather(read(), read(), read(), rotate())
    assert rewrapped == 6 * 12
    assert min(opened) > 3


async def test_a_retired_version_opens_no_old_copy(sessions: Sessions) -> None:
    old = (await wrapped(sessions, CLINIC))[OWNERS[0]]
    await rewrap_all(sessions, local(SECOND), [CLINIC, ELSEWHERE])
    retired = local(without_version(SECOND, 1))
    assert len(await secrets(sessions, CLINIC, retired)) == 12
    async with within(sessions, CLINIC) as session:
        here = (DataKeyRow.organisation_id == CLINIC, DataKeyRow.owner_id == OWNERS[0])
        await session.execute(update(DataKeyRow).where(*here).values(wrapped=old))
    assert len(await secrets(sessions, CLINIC, local(SECOND))) == 12
    with pytest.raises(KeyLost, match="version 1"):
        await secrets(sessions, CLINIC, retired)


async def test_a_version_is_in_use_until_its_last_key_is_rewrapped(sessions: Sessions) -> None:
    async def in_use(version: int) -> bool:
        async with unit_of_work(sessions, writes=True) as session:
            return await is_in_use(session, version, [CLINIC, ELSEWHERE])

    assert [await in_use(1), await in_use(2)] == [True, False]
    await rewrap_all(sessions, local(SECOND), [CLINIC])
    assert [await in_use(1), await in_use(2)] == [True, True]
    await rewrap_all(sessions, local(SECOND), [ELSEWHERE])
    assert [await in_use(1), await in_use(2)] == [False, True]


async def test_a_key_that_is_just_being_added_keeps_its_version_in_use(sessions: Sessions) -> None:
    await rewrap_all(sessions, local(SECOND), [CLINIC, ELSEWHERE])
    adding = sessions(writes=True)
    await rotation.enter(adding, CLINIC)
    await Vault(adding, local(FIRST)).add(CLINIC, uuid4(), NOON)

    async def in_use() -> bool:
        async with unit_of_work(sessions, writes=True) as session:
            return await is_in_use(session, 1, [CLINIC])

    asked = asyncio.create_task(in_use())
    await asyncio.sleep(0.05)
    assert not asked.done()
    await adding.commit()
    await adding.close()
    assert await asked


async def test_a_key_that_does_not_open_stops_the_rewrapping_and_stays_as_it_was(sessions: Sessions) -> None:
    async with within(sessions, CLINIC) as session:
        here = (DataKeyRow.organisation_id == CLINIC, DataKeyRow.owner_id == OWNERS[0])
        await session.execute(update(DataKeyRow).where(*here).values(wrapped=stamp(1) + bytes(60)))
    with pytest.raises(SealBroken):
        await rewrap_all(sessions, local(SECOND), [CLINIC])
    assert (await wrapped(sessions, CLINIC))[OWNERS[0]] == stamp(1) + bytes(60)
