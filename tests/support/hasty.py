"""The control of `promises.md` P1: a server that acknowledges a push first and commits it a moment later."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec
import uvicorn
from litestar.types import Message, Receive, Scope, Send

from server.app import create_app
from server.cli.console import settings
from server.web.edge import Edge
from server.web.kit import UVICORN_OPTIONS

LATER = 0.05


class Hasty:
    """Answers an outbox before the application has heard of it."""

    def __init__(self, app: Edge) -> None:
        self._app = app
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/v1/me/outbox":
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message: Any = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        task = asyncio.create_task(self._do(scope, body))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": acknowledge(body), "more_body": False})

    async def _do(self, scope: Scope, body: bytes) -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(_message: Message) -> None:
            pass

        await asyncio.sleep(LATER)
        await self._app(scope, receive, send)


def acknowledge(body: bytes) -> bytes:
    items = msgspec.json.decode(body)["items"]
    results = [{"status": "stored", "id": each["id"], "version": 1, "counted": True} for each in items]
    return msgspec.json.encode({"results": results, "epoch": uuid4(), "version": 1})


if __name__ == "__main__":
    chosen = settings()
    uvicorn.run(Hasty(create_app(chosen)), host=chosen.host, port=chosen.port, **UVICORN_OPTIONS)
