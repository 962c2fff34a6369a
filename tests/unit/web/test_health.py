import asyncio

import pytest
from support.web import an_app, calling, logged

from server.web import health


async def fine() -> None:
    await asyncio.sleep(0)


async def broken() -> None:
    raise OSError("CANARY at host db.internal")


async def stuck() -> None:
    await asyncio.sleep(60)


async def test_the_process_is_alive_whatever_its_parts_are() -> None:
    async with calling(an_app(checks={"database": broken})) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_the_server_is_ready_when_every_check_passes() -> None:
    async with calling(an_app(checks={"database": fine, "store": fine})) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_warning_is_told_and_leaves_the_server_ready() -> None:
    async with calling(an_app(checks={"database": fine}, warnings=lambda: ["Numbers are old."])) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "warnings": ["Numbers are old."]})


async def test_a_failing_check_is_told_by_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    with logged() as log:
        async with calling(an_app(checks={"database": broken, "store": fine, "queue": stuck})) as client:
            answer = await client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (answer.json()["code"], answer.json()["detail"]) == ("not_ready", "Not ready: database, queue.")
    assert "CANARY" not in answer.text + log.getvalue()
    assert "OSError" in log.getvalue()
