"""`make bench`: what things cost, each beside a ceiling or a target, measured in one run."""

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from support.clinic import NOON, completion, open_clinic
from support.server import ROOT, serving

from server.app import create_app
from server.db.engine import create_engine
from server.db.migrate import migrate
from server.practice.streaks import conformance
from server.settings import database_url, read_settings
from server.web.logs import configure_logging

SECONDS = 1.5
Rows = list[tuple[str, str, str]]


async def bare(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer bytes made beforehand: the ceiling of a Python process."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def calls_a_second(app: Any, path: str, query: bytes = b"") -> float:
    """Call an ASGI application, without sockets, one request after the other."""
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query}
    whole = {**scope, "headers": [], "http_version": "1.1", "scheme": "http", "server": ("x", 80), "client": ("x", 1)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"{path} answered {message['status']}")

    calls, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        for _ in range(50):
            await app({**whole, "state": {}}, receive, send)
        calls += 50
    return calls / took


async def catalogue(rows: Rows) -> None:
    app = create_app(read_settings({}))
    ceiling = await calls_a_second(bare, "/")
    for name, path, query in (
        ("list, filtered", "/v1/exercises", b"technique=breathing&track=perinatal"),
        ("detail", "/v1/exercises/soft-wave-breath", b""),
    ):
        rate = await calls_a_second(app, path, query)
        rows.append((f"catalogue {name}", f"{rate:,.0f} calls/s", f"bare ASGI / {ceiling / rate:.1f}"))


async def median_ms(work: Callable[[], Awaitable[Any]], times: int = 30) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000


async def people(rows: Rows) -> None:
    folder = Path(tempfile.mkdtemp())
    engine = create_engine(database_url(str(folder / "bench.db")))
    await migrate(engine)
    await engine.dispose()
    async with open_clinic(str(folder / "bench.db"), folder) as clinic:
        clinic.clock.move(days=365)
        phone = await clinic.phone(await clinic.member(await clinic.found(), "t@x.example"), "Ana")
        await phone.push(*(completion(NOON + timedelta(days=day)) for day in range(365)))
        rows.append(("streak of a year", f"{await median_ms(lambda: phone.get('/v1/me/streak')):.1f} ms", "SQLite"))
        one = await median_ms(lambda: phone.push(completion(NOON + timedelta(days=364))))
        rows.append(("push of one completion", f"{one:.1f} ms", "SQLite, synchronous=FULL"))
    shutil.rmtree(folder)


def vectors(rows: Rows) -> None:
    file, count, start = ROOT / "tests" / "vectors" / "streaks.json", 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        count += sum(1 for _ in conformance.run(file))
    rows.append(("worked cases of streaks", f"{count / took:,.0f} a second", "target 2,000"))


def start_up(rows: Rows) -> None:
    took = []
    for _ in range(5):
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, serving(GROUNDWORK_DATA=folder):
            took.append(time.perf_counter() - start)
    rows.append(("start to ready, migrating", f"{min(took):.2f} to {max(took):.2f} s", "5 starts"))


def audio(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "server", "render", "here-in-this-room"]
        start = time.perf_counter()
        environ = {"GROUNDWORK_DATA": folder, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
        subprocess.run(command, check=True, env=environ, cwd=ROOT, capture_output=True)  # noqa: S603 - our own command
        took = time.perf_counter() - start
    rows.append(
        ("here-in-this-room, all lengths, 3 codecs", f"{took:.1f} s", f"{(118 + 240 + 347) / took:.0f} x real time")
    )


def main() -> None:
    configure_logging("error", "json")
    rows: Rows = []
    vectors(rows)
    asyncio.run(catalogue(rows))
    asyncio.run(people(rows))
    start_up(rows)
    audio(rows)
    table = Table("what", "measured", "beside", title="Groundwork on this machine, one run")
    for row in rows:
        table.add_row(*row)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
