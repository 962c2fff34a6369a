"""Retries never duplicate (`promises.md` P5)."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
from hypothesis import settings
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person, completion
from support.lossy import Lossy, losing
from support.phone import Phone
from support.phone_line import Offline
from support.phone_store import Store

from server.db.unit import unit_of_work
from server.practice.models import CompletionRow

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

PHONES = 4
EACH = 240 if settings.get_current_profile_name() == "chaos" else 30


class Forgetful(Phone):
    """The control: after every failure it takes its practices for new ones."""

    async def deliver(self) -> None:
        try:
            await super().deliver()
        except Offline:
            for item in [self.store.queue.pop(key) for key in list(self.store.queue)]:
                self.write({**item, "id": str(uuid4())})
            raise


async def practise(clinic: Clinic, paired: Person, kind: type[Phone], dice: random.Random) -> Phone:
    """Practise again and again over a bad network, until everything has been answered for."""

    async def wait(seconds: float) -> None:
        clinic.clock.move(seconds=seconds)

    network = Lossy(httpx.ASGITransport(app=clinic.app), losing(dice, requests=0.1, answers=0.2))
    async with httpx.AsyncClient(transport=network, base_url="http://clinic.test") as http:
        # A phone of one try at a time, so that each loss is one that it has to come back from.
        phone = kind(http, wait=wait, dice=dice, patience=1, store=Store(tokens=paired.tokens))
        for number in range(EACH):
            phone.write(completion(NOON - timedelta(minutes=number)))
            await try_to_deliver(phone)
        while phone.store.queue:
            await try_to_deliver(phone)
    return phone


async def try_to_deliver(phone: Phone) -> None:
    try:
        await phone.deliver()
    except Offline:
        await phone.line.reconnected()


async def kept(clinic: Clinic, client: str) -> dict[str, int]:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(CompletionRow.id, CompletionRow.version).where(CompletionRow.client_id == UUID(client))
        return {str(key): version for key, version in await session.execute(query)}


async def over_a_bad_network(clinic: Clinic, theo: Person, kind: type[Phone]) -> tuple[list[Phone], dict[str, int]]:
    ana = await clinic.phone(theo, "Ana")
    paired = [ana, *[await clinic.pair(theo, ana.id) for _ in range(PHONES - 1)]]
    working = [practise(clinic, each, kind, random.Random(seed)) for seed, each in enumerate(paired)]  # noqa: S311 - a repeatable network
    return await asyncio.gather(*working), await kept(clinic, ana.id)


async def test_what_is_sent_again_and_again_is_there_once(clinic: Clinic, theo: Person) -> None:
    phones, rows = await over_a_bad_network(clinic, theo, Phone)
    assert rows.keys() == {key for phone in phones for key, _ in phone.store.written}
    versions = sorted(rows.values())
    assert versions == list(range(versions[0], versions[0] + PHONES * EACH)), "one version each, and no gap"
    answered = [status for phone in phones for status in phone.store.acknowledged.values()]
    assert "duplicate" in answered, "the network lost no answer"


async def test_a_phone_that_makes_a_new_id_for_each_try_would_double_practices(clinic: Clinic, theo: Person) -> None:
    _, rows = await over_a_bad_network(clinic, theo, Forgetful)
    assert len(rows) > PHONES * EACH
