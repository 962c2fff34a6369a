"""The reference phone: a small client that follows `docs/sync.md` literally."""

import random
from typing import Any

import httpx
import msgspec
from support.phone_line import Line, Mismatch, Wait
from support.phone_store import Copy, Item, Store

OUTBOX, FEED = "/v1/me/outbox", "/v1/me/changes"
MOST_ITEMS = 500


class Phone:
    """What it keeps is in `store`, which outlives everything but an erasure."""

    def __init__(
        self, http: httpx.AsyncClient, *, wait: Wait, dice: random.Random, patience: int = 6, store: Store | None = None
    ) -> None:
        self.store = store or Store()
        self.line = Line(http, self.store, wait, dice, patience)
        self.page = 200

    async def pair(self, code: str, zone: str, **more: str) -> None:
        answer = await self.line.send("POST", "/v1/auth/pair", json={"code": code, "zone": zone, **more})
        answer.raise_for_status()
        self.store.tokens = answer.json()
        self.store.belong_to(answer.json()["subject_id"])

    async def sign_out(self) -> None:
        """End the sign-in here, whether or not the server hears of it; everything else is kept."""
        try:
            await self.line.ask("POST", "/v1/auth/sign-out")
        finally:
            self.store.tokens = None

    def write(self, item: Item) -> None:
        self.store.write(item)

    async def sync(self) -> None:
        """Deliver, pull, and offer again what the server lacks.

        Raises:
            Offline, SignedOut, Erased, Mismatch: see `support/phone_line.py`.
        """
        await self.deliver()
        await self.pull()
        if self.store.offer_again():
            await self.deliver()
            await self.pull()

    async def deliver(self) -> None:
        """Send the queue, also an empty one, which says that there was nothing (`streaks.md` R8)."""
        waiting = list(self.store.queue.values())
        if not waiting:
            await self._push([])
        while waiting:
            batch, waiting = waiting[:MOST_ITEMS], waiting[MOST_ITEMS:]
            await self._push(batch)

    async def _push(self, batch: list[Item]) -> None:
        body = msgspec.json.encode({"schema": 1, "items": batch})
        answer = await self.line.ask("POST", OUTBOX, content=body, headers={"Content-Type": "application/json"})
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE and len(batch) > 1:
            for part in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
                await self._push(part)
            return
        if answer.status_code == httpx.codes.OK:
            for item, result in zip(batch, answer.json()["results"], strict=True):
                self.store.settle(item, result)

    async def pull(self) -> None:
        """Take what changed; build the table anew beside the old one when the two do not agree."""
        if self.store.copy.cursor is None or not await self._follow(self.store.copy):
            await self._rebuild()

    async def _rebuild(self) -> None:
        shadow = Copy()
        if not await self._follow(shadow):
            raise Mismatch
        self.store.copy = shadow

    async def _follow(self, copy: Copy) -> bool:
        """Read pages to the last; whether the copy is the server's now."""
        while True:
            since = {"since": copy.cursor} if copy.cursor else {}
            answer = await self.line.ask("GET", FEED, params={"limit": self.page, **since})
            if answer.status_code == httpx.codes.GONE:
                return False
            answer.raise_for_status()
            page: dict[str, Any] = answer.json()
            copy.take(page)
            if not page["has_more"]:
                return bool(page["digest"] == copy.digest())
