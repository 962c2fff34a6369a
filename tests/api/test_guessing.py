"""Decision 0014: guessing is slow, and nobody can lock anybody else out."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from ipaddress import IPv4Address
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import event, func, select, update
from support.clinic import PASSWORD, Clinic, Person, told
from support.signing import NOBODY, THEO, WRONG, challenged, counting_checks, enrol, sign_in
from support.signing import answer as answer_challenge
from support.statistics import same_distribution

from server.accounts.models import MemberRow, OrganisationRow
from server.accounts.organisations import find_organisation
from server.auth import guessing, passwords
from server.auth import sign_in as sign_in_module
from server.auth.credentials import set_password
from server.auth.guessing import FREE_AT_ACCOUNT, FREE_GUESSES, LONGEST_DELAY
from server.auth.models import GuessRow
from server.auth.passwords import check_password
from server.db.unit import unit_of_work

CHAOS = settings().max_examples > 1000
# `promises.md` P18.
GUESSES, MOST_EVALUATED = (10_000, 100) if CHAOS else (250, 100)


@asynccontextmanager
async def at(clinic: Clinic, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(clinic.app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as http:
        yield http


async def attack(clinic: Clinic, http: httpx.AsyncClient, times: int, email: str = THEO) -> None:
    """Guess once a second, from another address each time, as far as header fields say."""
    for n in range(times):
        forged = {"X-Forwarded-For": str(IPv4Address(n * 7919 % 2**32)), "Forwarded": f"for=192.0.2.{n % 256}"}
        await http.post("/v1/auth/sign-in", json={"email": email, "password": WRONG}, headers=forged)
        clinic.clock.move(seconds=1)


@pytest.mark.usefixtures("theo")
async def test_of_thousands_of_guesses_with_forged_addresses_few_are_evaluated(clinic: Clinic) -> None:
    known = (await sign_in(clinic)).json()["known_device"]
    async with at(clinic, "203.0.113.9") as http:
        with counting_checks() as check:
            await attack(clinic, http, GUESSES)
        assert FREE_GUESSES < check.call_count <= MOST_EVALUATED
    assert (await sign_in(clinic, known_device=known)).status_code == 200
    clinic.clock.at += LONGEST_DELAY
    assert (await sign_in(clinic)).status_code == 200


@pytest.mark.usefixtures("theo")
async def test_without_the_delay_every_guess_would_be_evaluated(clinic: Clinic) -> None:
    with patch.object(guessing, "_delay", return_value=timedelta()), counting_checks() as check:
        await attack(clinic, clinic.http, 120)
    assert check.call_count == 120


@pytest.mark.usefixtures("theo")
async def test_guesses_from_everywhere_are_few_and_keep_nobody_out_whose_device_is_known(clinic: Clinic) -> None:
    known = (await sign_in(clinic)).json()["known_device"]
    with counting_checks() as check:
        for n in range(60):
            async with at(clinic, str(IPv4Address(0x0A000000 + n))) as http:
                await http.post("/v1/auth/sign-in", json={"email": THEO, "password": WRONG})
    assert check.call_count == FREE_AT_ACCOUNT
    assert (await sign_in(clinic)).status_code == 429
    assert (await sign_in(clinic, known_device=known)).status_code == 200


async def test_a_device_is_known_to_one_account_in_one_clinic(clinic: Clinic, theo: Person) -> None:
    await clinic.member(await only_clinic(clinic), "kim@clinic.example")
    hers = (await sign_in(clinic, "kim@clinic.example")).json()["known_device"]
    his = theo.tokens["known_device"]
    await attack(clinic, clinic.http, FREE_GUESSES + 3)
    for shown in (
        hers,
        his[:60] + ("A" if his[60] != "A" else "B") + his[61:],
        "x",
        theo.tokens["access_token"],
        his.replace("gwk_", "gwa_"),
    ):
        assert (await sign_in(clinic, known_device=shown)).status_code == 429
    assert (await sign_in(clinic, known_device=his)).status_code == 200


async def test_guesses_on_a_known_device_are_slow_as_well(clinic: Clinic, theo: Person) -> None:
    known = theo.tokens["known_device"]
    answers = [await sign_in(clinic, password=WRONG, known_device=known) for _ in range(FREE_GUESSES + 3)]
    assert [each.status_code for each in answers] == [401] * FREE_GUESSES + [429] * 3
    assert (await sign_in(clinic)).status_code == 200


async def only_clinic(clinic: Clinic) -> UUID:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        return (await session.scalars(select(OrganisationRow.id))).one()


@pytest.mark.usefixtures("theo")
async def test_one_address_cannot_try_many_accounts(clinic: Clinic) -> None:
    with patch.object(guessing, "FREE_AT_ADDRESS", 15):
        answers = [await sign_in(clinic, f"{n}@clinic.example", WRONG) for n in range(20)]
        assert [each.status_code for each in answers] == [401] * 15 + [429] * 5
        async with at(clinic, "2001:db8::1") as elsewhere:
            told_there = await elsewhere.post("/v1/auth/sign-in", json={"email": NOBODY, "password": WRONG})
        assert told_there.status_code == 401


@pytest.mark.usefixtures("theo")
async def test_an_own_account_does_not_help_to_guess_at_others(clinic: Clinic) -> None:
    with patch.object(guessing, "FREE_AT_ADDRESS", 15):
        for n in range(13):
            assert (await sign_in(clinic, f"{n}@clinic.example", WRONG)).status_code == 401
            assert (await sign_in(clinic)).status_code == 200
        answers = [await sign_in(clinic, f"{n}@clinic.example", WRONG) for n in range(13, 20)]
    assert [each.status_code for each in answers] == [401] * 2 + [429] * 5


@pytest.mark.usefixtures("theo")
async def test_a_day_of_quiet_forgets_and_a_sign_in_clears_up(clinic: Clinic) -> None:
    await attack(clinic, clinic.http, 3, NOBODY)
    await attack(clinic, clinic.http, FREE_GUESSES + 5)
    clinic.clock.move(days=1, hours=2)
    assert [(await sign_in(clinic, password=WRONG)).status_code for _ in range(FREE_GUESSES)] == [401] * FREE_GUESSES
    clinic.clock.move(days=2)
    assert (await sign_in(clinic)).status_code == 200
    async with unit_of_work(clinic.sessions, writes=False) as session:
        assert await session.scalar(select(func.count()).select_from(GuessRow)) <= 2


async def test_codes_of_a_second_factor_are_guessed_five_times_a_challenge_and_slowly(
    clinic: Clinic, theo: Person
) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    wrong = "000000" if app.code(clinic.clock.now()) != "000000" else "000001"
    first = await challenged(clinic)
    codes = [(await answer_challenge(clinic, first, wrong)).json()["code"] for _ in range(6)]
    assert codes == ["wrong_code"] * 5 + ["challenge_over"]
    second = await challenged(clinic)
    codes = [(await answer_challenge(clinic, second, wrong)).json()["code"] for _ in range(5)]
    assert codes == ["wrong_code"] * 5
    third = await challenged(clinic)
    assert (await answer_challenge(clinic, third, wrong)).status_code == 429
    known = await challenged(clinic, known_device=theo.tokens["known_device"])
    assert (await answer_challenge(clinic, known, app.code(clinic.clock.now()))).status_code == 200


async def test_known_and_unknown_accounts_cost_the_same_statements_and_hashes(clinic: Clinic, theo: Person) -> None:
    assert theo.id
    engine = clinic.app.app.state.sessions.engine.sync_engine
    costs = []
    for n in range(FREE_GUESSES + 2):
        for email in (THEO, NOBODY):
            seen: list[str] = []
            listener = lambda *told, seen=seen: seen.append(told[2])  # noqa: E731 - one for each request
            event.listen(engine, "before_cursor_execute", listener)
            with counting_checks() as check:
                answer = await sign_in(clinic, email, WRONG)
            event.remove(engine, "before_cursor_execute", listener)
            costs.append((n, seen, check.call_count, told(answer), sorted(answer.headers.keys())))
    assert [(*each,) for each in costs[::2]] == [(*each,) for each in costs[1::2]]
    assert {each[2] for each in costs} == {0, 1}


def test_the_statistics_tell_samples_apart_and_leave_equal_ones_alone() -> None:
    one = [n * 0.01 for n in range(40)]
    assert same_distribution(one, [each + 0.001 for each in one]) > 0.9
    assert same_distribution(one, [each + 0.2 for each in one]) < 0.001


async def timed(clinic: Clinic, email: str) -> float:
    began = time.perf_counter()
    assert (await sign_in(clinic, email, WRONG)).status_code == 401
    return time.perf_counter() - began


async def alike(clinic: Clinic, pairs: int) -> float:
    """Return how likely the times of known and unknown accounts, taken in turns, come from one source."""
    times = [(await timed(clinic, THEO), await timed(clinic, NOBODY)) for _ in range(pairs)]
    return same_distribution(*zip(*times, strict=True))


@contextmanager
def costly_and_unlimited() -> Iterator[None]:
    """Hash as a server does, and let as many guess as want to."""
    real = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
    free = dict.fromkeys(("FREE_GUESSES", "FREE_AT_ACCOUNT", "FREE_AT_ADDRESS"), 10**6)
    with patch.multiple(passwords, _hasher=real, NOBODY=real.hash("thrown away")), patch.multiple(guessing, **free):
        yield


async def rehash(clinic: Clinic, theo: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        house = await find_organisation(session, None)
        await set_password(session, house, UUID(theo.id), PASSWORD, clinic.clock.now())


async def test_known_and_unknown_accounts_take_the_same_time(clinic: Clinic, theo: Person) -> None:
    with costly_and_unlimited():
        await rehash(clinic, theo)
        # One in a hundred honest samples looks unlike: three in a row are no chance.
        likely = 0.0
        for _ in range(3):
            likely = likely if likely > 0.01 else await alike(clinic, 200 if CHAOS else 8)
        assert likely > 0.01


async def test_the_clock_would_show_an_unknown_account_that_costs_no_hash(clinic: Clinic, theo: Person) -> None:
    async def hasty(password: str, stored: str | None) -> bool:
        return stored is not None and await check_password(password, stored)

    with costly_and_unlimited(), patch.object(sign_in_module, "check_password", hasty):
        await rehash(clinic, theo)
        assert await alike(clinic, 8) < 0.01


async def test_nobody_waits_while_a_password_is_hashed(clinic: Clinic, theo: Person) -> None:
    hashing, go_on = threading.Event(), threading.Event()

    def slow(_stored: str, _password: str) -> bool:
        hashing.set()
        return go_on.wait(20)

    with patch.object(passwords, "_matches", slow):
        signing_in = asyncio.create_task(sign_in(clinic))
        await asyncio.to_thread(hashing.wait, 20)
        added = await theo.ask("POST", "/v1/clients", json={"name": "Jo", "zone": "Europe/Berlin"})
        assert (added.status_code, signing_in.done()) == (201, False)
        go_on.set()
        assert (await signing_in).status_code == 200


async def test_a_member_who_leaves_while_the_password_is_hashed_is_not_let_in(clinic: Clinic, theo: Person) -> None:
    real = passwords._matches  # noqa: SLF001 - what is watched

    async def leaving(password: str, stored: str | None) -> bool:
        async with unit_of_work(clinic.sessions, writes=True) as session:
            ended = update(MemberRow).where(MemberRow.id == UUID(theo.id)).values(ended_at=clinic.clock.now())
            await session.execute(ended)
        return real(str(stored), password)

    with patch.object(sign_in_module, "check_password", leaving):
        assert (await sign_in(clinic)).json()["code"] == "wrong_credentials"


@pytest.mark.usefixtures("theo")
async def test_pairing_codes_are_guessed_slowly_from_one_address(clinic: Clinic) -> None:
    body = {"code": "ZZZZZ-ZZZZZ", "zone": "Europe/Berlin"}
    with patch.object(guessing, "FREE_AT_ADDRESS", 6):
        answers = [await clinic.http.post("/v1/auth/pair", json=body) for _ in range(8)]
        async with at(clinic, "198.51.100.7") as elsewhere:
            answers.append(await elsewhere.post("/v1/auth/pair", json=body))
    assert [each.status_code for each in answers] == [401] * 6 + [429] * 2 + [401]
