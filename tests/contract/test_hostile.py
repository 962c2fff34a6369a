"""Whatever anybody sends to any operation: a problem document at worst, never a failure, never what was sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from litestar import Response, get, post
from litestar.params import FromQuery, JSONBody
from support.asgi import ask
from support.attack import attacks, faults, targets
from support.clinic import NOON, Clinic, Person, open_clinic
from support.hostile import CANARY
from support.inline import inline
from support.web import an_app, logged

from server.web.edge import Edge

# `make chaos` sends everything to every operation; `make test` a part, which is another one at each operation.
EACH = 10_000 if settings().max_examples > 1000 else 15


@pytest.fixture
async def clinic(database: str, tmp_path: Path, application: Edge) -> AsyncIterator[Clinic]:
    """A clinic of which one thing is asked after the other, thousands of times."""
    with inline():
        async with open_clinic(database, tmp_path, app=application) as clinic:
            yield clinic


async def furnish(theo: Person, ana: Person) -> dict[str, str]:
    """Give a client something of every kind, and return the ids by the names that operations call them."""
    path = f"/v1/clients/{ana.id}"
    session = await theo.post(f"{path}/sessions", {"kind": "dosing", "starts_at": NOON.isoformat(), "status": "held"})
    practice_set = await theo.post("/v1/practice-sets", {"title": "Set", "items": [{"exercise": "here-in-this-room"}]})
    await theo.post(f"{path}/assignments", {"practice_set_id": practice_set["id"]})
    return {
        "client_id": ana.id,
        "session_id": session["id"],
        "set_id": practice_set["id"],
        "practice_set_id": practice_set["id"],
        "slug": "here-in-this-room",
        "zone": "Europe/Berlin",
    }


Token = Callable[[], Awaitable[str | None]]


async def attack(app: Any, ids: dict[str, str], token: Token, each: int = EACH) -> tuple[list[str], int, int]:
    """Attack every operation `each` times; return the faults, the requests sent, and those past signing in."""
    found, sent, let_in = [], 0, 0
    for index, target in enumerate(targets(app.app, ids)):
        requests = list(attacks(target.by(await token())))
        step = -(-len(requests) // each)
        for asked in requests[index % step :: step]:
            told = await ask(app, asked)
            sent += 1
            let_in += told.status != 401
            found += [f"{target.name}: {asked.what}: {fault}" for fault in faults(told)]
    return found, sent, let_in


async def nobody() -> None:
    """Bring no token."""


@pytest.mark.parametrize("caller", ["nobody", "theo", "ana"])
async def test_no_hostile_request_is_a_failure_or_repeated(
    clinic: Clinic, theo: Person, ana: Person, caller: str
) -> None:
    async def of_theo() -> str:
        await theo.get("/v1/clients")
        return str(theo.tokens["access_token"])

    async def of_ana() -> str:
        # An operation may have ended what she is signed in by.
        bearer = {"Authorization": f"Bearer {ana.tokens['access_token']}"}
        if (await clinic.http.get("/v1/me", headers=bearer)).status_code == 401:
            ana.tokens = (await clinic.pair(theo, ana.id)).tokens
        return str(ana.tokens["access_token"])

    ids = await furnish(theo, ana)
    with logged("debug") as log:
        found, sent, let_in = await attack(clinic.app, ids, {"nobody": nobody, "theo": of_theo, "ana": of_ana}[caller])
    assert found == []
    assert CANARY not in log.getvalue().lower()
    assert sent > 400
    assert let_in > sent * (0.2 if caller == "nobody" else 0.85)


@get("/fails", sync_to_thread=False)
def fail() -> None:
    raise RuntimeError


@get("/repeats", sync_to_thread=False)
def repeat(q: FromQuery[str]) -> Response[str]:
    return Response(f'{{"detail": "{q}"}}', status_code=400, media_type="application/problem+json")


@post("/says", sync_to_thread=False)
def say(data: JSONBody[dict[str, str]]) -> Response[str]:
    return Response(str(len(data)), status_code=409, media_type="text/plain")


async def test_a_fault_of_each_kind_is_found() -> None:
    found, sent, _ = await attack(an_app(routes=[fail, repeat, say]), {}, nobody, each=10_000)
    assert sent > 50
    for fault in ("fail: ", "answered 500"), ("repeat: ", f"repeats {CANARY}"), ("say: ", "not a problem document"):
        assert [each for each in found if each.startswith(fault[0]) and each.endswith(fault[1])], fault
