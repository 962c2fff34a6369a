"""A bad network between a phone and the server: requests and answers get lost, come twice, or come late."""

import random
from collections.abc import Callable
from typing import Literal

import httpx

Hear = Callable[[httpx.Request, httpx.Response], None]
Fate = Literal["answered", "request lost", "answer lost", "twice", "late", "busy"]
RETRY_AFTER = 7


class Lossy(httpx.AsyncBaseTransport):
    """Lays a network beneath a client; `fate` decides what becomes of each request."""

    def __init__(self, inner: httpx.AsyncBaseTransport, fate: Callable[[], Fate]) -> None:
        self._inner = inner
        self._fate = fate
        self._late: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fate = self._fate()
        if fate == "answered":
            return await self._inner.handle_async_request(request)
        if fate == "busy":
            return httpx.Response(503, headers={"Retry-After": str(RETRY_AFTER)}, json={"code": "unavailable"})
        if fate == "late":
            self._late.append(again(request))
        elif fate == "answer lost":
            await self._swallow(request)
        elif fate == "twice":
            await self._swallow(again(request))
            return await self._inner.handle_async_request(request)
        raise httpx.ReadTimeout(fate, request=request)

    async def arrive(self) -> None:
        """Let what was under way arrive now, the last first; nobody waits for the answers any more."""
        while self._late:
            await self._swallow(self._late.pop())

    async def _swallow(self, request: httpx.Request) -> None:
        await (await self._inner.handle_async_request(request)).aread()


class Tap(httpx.AsyncBaseTransport):
    """Hears every answer that passes."""

    def __init__(self, inner: httpx.AsyncBaseTransport, hear: Hear) -> None:
        self._inner = inner
        self._hear = hear

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        self._hear(request, answer)
        return answer


def again(request: httpx.Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=request.content)


def losing(dice: random.Random, *, requests: float, answers: float) -> Callable[[], Fate]:
    """Lose these shares of requests, and of the answers to those that arrive."""

    def fate() -> Fate:
        if dice.random() < requests:
            return "request lost"
        return "answer lost" if dice.random() < answers else "answered"

    return fate
