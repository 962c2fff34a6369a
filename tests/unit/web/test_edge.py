import os
from pathlib import Path
from typing import Any

import pytest
from litestar import get
from litestar.types import Receive, Scope, Send
from support.web import an_app, call, calling, logged

from server.web.ranges import RangedReply


async def test_an_answer_that_breaks_off_is_logged_and_not_dressed_up(tmp_path: Path) -> None:
    path = tmp_path / "CANARY"
    path.write_bytes(bytes(1_000_000))

    @get("/breaks", sync_to_thread=False)
    def breaks() -> RangedReply:
        return RangedReply(lambda: path.open("rb", buffering=0), size=1_000_000, etag='"a"', media_type="audio/mp4")

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            os.truncate(path, 10)

    scope: Any = {"type": "http", "method": "GET", "path": "/breaks", "query_string": b"", "headers": []}
    with logged() as log, pytest.raises(Exception, match="after response started"):
        await an_app(routes=[breaks])(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert [line["event"] for line in log.lines()] == ["failure", "request"]
    assert "CANARY" not in log.getvalue()


async def test_a_fault_outside_the_handlers_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    app = an_app()

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("CANARY")

    monkeypatch.setattr(app, "app", broken)
    async with calling(app) as client:
        answer = await client.get("/things/a")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


async def test_the_lifespan_passes_through() -> None:
    seen: list[str] = []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        seen.append(message["type"])

    scope: Any = {"type": "lifespan", "asgi": {"version": "3.0"}}
    await an_app(on_startup=[lambda: seen.append("started")])(scope, receive, send)
    assert seen == ["started", "lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_options_names_the_methods() -> None:
    assert (await call("OPTIONS", "/things")).headers["allow"] == "GET, HEAD, OPTIONS"
