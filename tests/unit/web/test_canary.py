"""What a caller sends never reaches a log, a problem or a metric."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.web import Log, an_app, calling, logged

ID = "00000000-0000-7000-8000-000000000000"
CANARY = "c4narybird"


def requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in (f"/{CANARY}", f"/things/{CANARY * 9}", f"/broken/{CANARY}", "/lost-file"):
        yield "GET", path, {}
    for query in ("size={}", "colour={}", "from={}", "{}=1", "names={}%00"):
        yield "GET", f"/things?{query.format(CANARY)}", {}
    yield "GET", "/needed", {"params": {CANARY: CANARY}}
    yield CANARY.upper(), "/things", {}
    yield "DELETE", f"/things/{CANARY}", {}
    for field in (
        "X-Request-Id",
        "Authorization",
        "User-Agent",
        "Accept",
        "If-None-Match",
        "Range",
        "Origin",
        "Cookie",
    ):
        yield "GET", "/things/a", {"headers": {field: CANARY}}
    yield "POST", "/batches", {"content": CANARY, "headers": {"Content-Type": CANARY}}
    yield "POST", "/batches", {"content": CANARY, "headers": {"Content-Encoding": CANARY}}
    for body in (f'"{CANARY}"', f'{{"{CANARY}": ', f'{{"items": "{CANARY}"}}', f'{{"items": [{{"id": "{CANARY}"}}]}}'):
        yield "POST", "/batches", {"content": body, "headers": {"Content-Type": "application/json"}}
    for field in ("note", "colour", "weight", "found", "labels"):
        for value in (f"{CANARY}!", {CANARY: CANARY}, [CANARY], {"type": CANARY}):
            yield "POST", "/batches", {"json": {"items": [{"id": ID, "count": 1, field: value}]}}


async def told_by(log: Log) -> str:
    told, problems = "", 0
    async with calling(an_app()) as client:
        for method, path, given in requests():
            answer = await client.request(method, path, **given)
            if answer.status_code >= 400:
                problems += 1
                told += answer.text + str(answer.headers)
        told += (await client.get("/metrics")).text
    assert problems > 30
    return told + log.getvalue()


async def test_nothing_a_caller_sends_is_told_again() -> None:
    with logged("debug") as log:
        assert CANARY not in (await told_by(log)).lower()


async def test_a_canary_that_is_logged_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged("debug") as log:
        monkeypatch.setattr("server.web.exchange.Exchange.report", lambda self, _: print(self.scope["path"], file=log))
        assert CANARY in (await told_by(log)).lower()
