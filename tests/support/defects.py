"""Defects of a server as changes of what it is asked and what it answers: they say the same whatever its code is."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import httpx
import msgspec
from support.phone import OUTBOX
from support.phone_store import Item
from support.sync_house import House

Pass = Callable[[httpx.Request], Awaitable[httpx.Response]]
Serve = Callable[[httpx.Request, Pass], Awaitable[httpx.Response]]
Page = dict[str, Any]


class Defective(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, serve: Serve) -> None:
        self._inner = inner
        self._serve = serve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._serve(request, self._pass)

    async def _pass(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        return answer


@contextmanager
def serving(house: House, serve: Serve) -> Iterator[None]:
    with patch.object(house, "server", lambda application: Defective(application, serve)):
        yield


def items_of(request: httpx.Request) -> list[Item]:
    return list(msgspec.json.decode(request.content)["items"]) if request.url.path == OUTBOX else []


def with_items(request: httpx.Request, items: list[Item]) -> httpx.Request:
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json={"schema": 1, "items": items})


def changed(path: str, change: Callable[[httpx.Request, Page], None]) -> Serve:
    """Serve as the server does, with a change to each good answer from a path."""

    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if request.url.path != path or answer.status_code != httpx.codes.OK:
            return answer
        told = answer.json()
        change(request, told)
        return httpx.Response(200, json=told)

    return serve
