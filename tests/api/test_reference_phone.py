"""The reference phone does what `docs/sync.md` says, rule by rule; all rules at once are the machine's."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.lossy import RETRY_AFTER, Fate, Lossy
from support.phone import Phone
from support.phone_line import LONGEST_WAIT, Erased, Offline, SignedOut
from support.phone_store import Store

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


class Bench:
    """A phone over a network whose next fates are given, and how long it waited."""

    def __init__(self, clinic: Clinic, http: httpx.AsyncClient, paired: Person, fates: list[Fate]) -> None:
        self.clinic = clinic
        self.fates = fates
        self.waits: list[float] = []
        dice = random.Random(0)  # noqa: S311 - repeatable waits
        self.phone = Phone(http, wait=self._wait, dice=dice, patience=12, store=Store(tokens=paired.tokens))
        self.phone.store.belong_to(paired.id)

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@asynccontextmanager
async def bench_of(clinic: Clinic, paired: Person) -> AsyncIterator[Bench]:
    fates: list[Fate] = []
    network = Lossy(httpx.ASGITransport(app=clinic.app), lambda: fates.pop(0) if fates else "answered")
    async with httpx.AsyncClient(transport=network, base_url="http://clinic.test") as http:
        yield Bench(clinic, http, paired, fates)


@pytest.fixture
async def bench(clinic: Clinic, theo: Person) -> AsyncIterator[Bench]:
    async with bench_of(clinic, await clinic.phone(theo, "Ana")) as one:
        yield one


async def paired_again(bench: Bench, theo: Person, client: str) -> None:
    code = (await theo.post(f"/v1/clients/{client}/pairing-codes"))["code"]
    await bench.phone.pair(code, "Europe/Berlin", organisation=str(theo.handle))


async def test_it_waits_as_long_as_the_server_asks_and_then_a_random_time(bench: Bench) -> None:
    bench.fates += ["busy", "busy", "busy"]
    await bench.phone.sync()
    assert len(bench.waits) == 3
    assert all(RETRY_AFTER <= each <= RETRY_AFTER + 2 * 2**tried for tried, each in enumerate(bench.waits))


async def test_it_waits_longer_each_time_and_no_longer_than_a_quarter_of_an_hour(bench: Bench) -> None:
    bench.fates += ["request lost"] * 12
    with pytest.raises(Offline):
        await bench.phone.sync()
    assert len(bench.waits) == 11
    assert all(0 <= each <= min(LONGEST_WAIT, 2 * 2**tried) for tried, each in enumerate(bench.waits))
    assert max(bench.waits) > 60, "with these dice"


async def test_it_sends_in_parts_what_is_too_large(bench: Bench) -> None:
    for _ in range(500):
        bench.phone.write(completion(NOON, note="x" * 900))
    await bench.phone.sync()
    assert (len(bench.phone.store.acknowledged), bench.phone.store.queue) == (500, {})


async def test_a_refresh_whose_answer_was_lost_is_sent_again_with_the_same_token(bench: Bench) -> None:
    bench.clinic.clock.move(minutes=20)
    bench.fates += ["answered", "answer lost"]
    await bench.phone.sync()
    assert bench.phone.store.tokens


@pytest.mark.parametrize("leave", [Phone.sign_out, None])
async def test_signed_out_it_keeps_what_it_wrote_until_it_is_paired_again(
    bench: Bench, theo: Person, leave: Callable[[Phone], object] | None
) -> None:
    bench.phone.write(completion(NOON))
    if leave:
        await bench.phone.sign_out()
    else:
        bench.phone.store.tokens = {"access_token": "gwa_dead", "refresh_token": "gwr_dead"}
    with pytest.raises(SignedOut):
        await bench.phone.sync()
    assert len(bench.phone.store.queue) == 1
    await paired_again(bench, theo, str(bench.phone.store.owner))
    await bench.phone.sync()
    assert list(bench.phone.store.acknowledged.values()) == ["stored"]


async def test_what_one_client_wrote_is_never_delivered_for_another(bench: Bench, clinic: Clinic, theo: Person) -> None:
    mine, first = completion(NOON), str(bench.phone.store.owner)
    bench.phone.write(mine)
    mara = await clinic.phone(theo, "Mara")
    await paired_again(bench, theo, mara.id)
    await bench.phone.sync()
    assert mine["id"] not in bench.phone.store.copy.rows
    await paired_again(bench, theo, first)
    await bench.phone.sync()
    assert mine["id"] in bench.phone.store.copy.rows


async def test_a_row_that_was_missed_is_found_by_the_digest(bench: Bench) -> None:
    await bench.phone.sync()
    whole = dict(bench.phone.store.copy.rows)
    bench.phone.store.copy.rows.popitem()
    await bench.phone.sync()
    assert bench.phone.store.copy.rows == whole


async def test_erased_it_forgets_everything_and_asks_no_more(bench: Bench) -> None:
    bench.phone.write(completion(NOON))
    tokens = bench.phone.store.tokens or {}
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    proof = {"refresh_token": tokens["refresh_token"]}
    await bench.clinic.http.post("/v1/auth/step-up", json=proof, headers=headers)
    assert (await bench.clinic.http.delete("/v1/me", headers=headers)).status_code == 204
    for _ in range(2):
        with pytest.raises(Erased):
            await bench.phone.sync()
    assert (bench.phone.store.queue, bench.phone.store.written, bench.phone.store.copy.rows) == ({}, {}, {})
