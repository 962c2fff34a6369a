import asyncio
import time
from collections.abc import Iterator
from statistics import median
from unittest.mock import patch
from uuid import uuid4

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from support.clinic import NOON

from server.auth import passwords
from server.auth.credentials import set_password
from server.auth.passwords import NOBODY, check_password, hash_password
from server.kit.errors import Invalid

PASSWORD = "a long enough password"
HASHER = passwords._hasher  # noqa: SLF001 - the very one


@pytest.fixture(autouse=True)
def as_served() -> Iterator[None]:
    """Hash as a server does: a clinic of other tests that is still open hashes in no time."""
    with patch.multiple(passwords, _hasher=HASHER, NOBODY=NOBODY):
        yield


async def test_a_password_fits_its_own_hash_only() -> None:
    stored = await hash_password(PASSWORD)
    assert await check_password(PASSWORD, stored)
    assert not await check_password(PASSWORD + " ", stored)
    assert not await check_password("", stored)
    assert stored != await hash_password(PASSWORD)
    assert PASSWORD not in stored


async def test_nothing_is_the_password_of_nobody() -> None:
    for each in ("", PASSWORD, "nobody has this password"):
        assert not await check_password(each, None)


async def test_known_and_unknown_accounts_cost_the_same_work() -> None:
    stored = extract_parameters(await hash_password(PASSWORD))
    assert stored == extract_parameters(NOBODY)
    assert (stored.type, stored.memory_cost, stored.time_cost, stored.parallelism) == (Type.ID, 46 * 1024, 1, 1)


async def test_known_and_unknown_accounts_take_about_the_same_time() -> None:
    stored = await hash_password(PASSWORD)

    async def seconds(kept: str | None) -> float:
        began = time.perf_counter()
        await check_password("another password", kept)
        return time.perf_counter() - began

    pairs = [(await seconds(stored), await seconds(None)) for _ in range(7)]
    known, unknown = (median(each) for each in zip(*pairs, strict=True))
    assert 0.4 < known / unknown < 2.5


async def test_what_is_no_hash_fits_nothing() -> None:
    assert not await check_password(PASSWORD, "not a hash")


async def test_at_most_four_are_hashed_at_once_and_the_loop_stays_free() -> None:
    at_once = most = 0

    def slow(_stored: str, _password: str) -> bool:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        at_once -= 1
        return False

    with patch.object(passwords, "_matches", slow):
        checks = asyncio.gather(*(check_password("x", None) for _ in range(12)))
        ticks = 0
        while not checks.done():
            await asyncio.sleep(0.001)
            ticks += 1
        await checks
    assert most == 4
    assert ticks > 5


@pytest.mark.parametrize("password", ["", "fourteen chars"])
async def test_a_short_password_is_refused_before_anything_is_stored(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        await set_password(None, uuid4(), uuid4(), password, NOON)  # type: ignore[arg-type]  # never reached
    assert refused.value.code == "short_password"
