"""The peer (`peer.py`) as its documentation runs it: uvicorn, one process on one core, filled over HTTP."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from bench.cores import on_core
from bench.load import Make
from bench.wire import ZONE, asking, filled
from support.catalogue import ROOM
from support.server import ROOT, free_port, listening

_ITEM = (
    '{{"id":"%s","exercise":"' + ROOM + '","started_at":"{at}","finished_at":"{end}","zone":"' + ZONE + '",'
    '"local_date":"{day}","seconds":240,"distress_before":6,"distress_after":4}}'
)


class Theirs:
    """The peer, asked for the same as Groundwork."""

    def __init__(self, http: httpx.Client) -> None:
        self.address = str(http.base_url).rstrip("/")
        self._http = http

    def client(self, practised: Sequence[datetime]) -> str:
        token = str(self._http.post("/clients").raise_for_status().json()["access_token"])
        body = filled(_batch(practised), len(practised))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._http.post("/me/completions/batch", content=body, headers=headers).raise_for_status()
        return token

    @staticmethod
    def reading(token: str) -> Make:
        return asking("GET", "/me/streak", token)

    @staticmethod
    def pushing(token: str, practised: Sequence[datetime]) -> Make:
        if len(practised) == 1:
            return asking("POST", "/me/completions", token, _item(practised[0]), 1)
        return asking("POST", "/me/completions/batch", token, _batch(practised), len(practised))


def _item(at: datetime) -> str:
    end, day = at + timedelta(minutes=4), at.astimezone(ZoneInfo(ZONE)).date()
    return _ITEM.format(at=at.isoformat(), end=end.isoformat(), day=day.isoformat())


def _batch(practised: Sequence[datetime]) -> str:
    return f"[{','.join(map(_item, practised))}]"


@contextmanager
def serving_theirs(database: str) -> Iterator[Theirs]:
    """Serve the peer on an empty PostgreSQL database of this URL."""
    with ExitStack() as stack:
        url = database.replace("postgresql://", "postgresql+asyncpg://")
        address = stack.enter_context(under_uvicorn("bench.peer:app", "/healthz", PEER_DATABASE_URL=url))
        yield Theirs(stack.enter_context(httpx.Client(base_url=address, timeout=60)))


@contextmanager
def under_uvicorn(app: str, ready: str, **environ: str) -> Iterator[str]:
    """Serve an ASGI application on the core of the servers, without a line for each request; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with ExitStack() as stack:
        with on_core("server"):
            tests = str(ROOT / "tests")
            address = stack.enter_context(listening(command, port, ready, PYTHONPATH=tests, **environ))
        yield address
