"""How a phone asks: it waits longer each time, honours Retry-After, and refreshes its token when it must."""
# ruff: noqa: N818 - named as what happens to a phone

import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from support.phone_store import Store

Wait = Callable[[float], Awaitable[None]]

LONGEST_WAIT = 15 * 60
RECONNECT = 30
FIRST_WAIT = 2.0
BUSY = frozenset({429, 500, 502, 503, 504})


class Offline(Exception):
    """Asking led to nothing for now; everything is kept."""


class SignedOut(Exception):
    """Pairing again is needed; the queue is kept."""


class Erased(Exception):
    """The client was erased; the phone has forgotten everything."""


class Mismatch(Exception):
    """A table that was just built from zero has another digest than the server: a defect of one of the two."""


class Line:
    """A phone's connection over any transport; `wait` and `dice` are given, `patience` is the tries before Offline."""

    def __init__(self, http: httpx.AsyncClient, store: Store, wait: Wait, dice: random.Random, patience: int) -> None:
        self.http = http
        self.store = store
        self.patience = patience
        self._wait = wait
        self._dice = dice

    async def reconnected(self) -> None:
        """Do not come back at the same moment as every other phone."""
        await self._wait(self._dice.uniform(0, RECONNECT))

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask as who is signed in.

        Raises:
            Offline: nobody answered, or only that it is busy.
            SignedOut, Erased: see there.
        """
        answer = await self._with_token(method, path, given)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self.refresh()
            answer = await self._with_token(method, path, given)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise SignedOut
        return answer

    async def _with_token(self, method: str, path: str, given: dict[str, Any]) -> httpx.Response:
        if self.store.tokens is None:
            raise Erased if self.store.erased else SignedOut
        own = {"Authorization": f"Bearer {self.store.tokens['access_token']}", **given.get("headers", {})}
        return await self.send(method, path, **{**given, "headers": own})

    async def refresh(self) -> None:
        """Exchange the refresh token; until there is an answer the same token is sent again.

        Raises:
            SignedOut: this sign-in is over.
        """
        assert self.store.tokens
        given = {"refresh_token": self.store.tokens["refresh_token"]}
        answer = await self.send("POST", "/v1/auth/refresh", json=given)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.store.tokens = None
            raise SignedOut
        answer.raise_for_status()
        self.store.tokens = answer.json()

    async def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Send until there is an answer that says something.

        Raises:
            Offline, Erased: see there.
        """
        for tried in range(self.patience):
            answer = await self._once(method, path, given)
            if answer is not None and answer.status_code not in BUSY:
                self._heed_erasure(answer)
                return answer
            if tried < self.patience - 1:
                await self._wait(self._pause(tried, answer))
        raise Offline

    async def _once(self, method: str, path: str, given: dict[str, Any]) -> httpx.Response | None:
        try:
            return await self.http.request(method, path, **given)
        except httpx.TransportError:
            return None

    def _pause(self, tried: int, answer: httpx.Response | None) -> float:
        """Return full jitter below a bound that doubles, after what the server asked for."""
        asked = float(answer.headers.get("Retry-After", 0)) if answer is not None else 0.0
        return asked + self._dice.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**tried))

    def _heed_erasure(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.GONE and answer.json()["code"] == "scope_erased":
            self.store.wipe()
            raise Erased
