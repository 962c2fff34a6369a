"""What is measured within this process, without sockets."""

import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.rows import Row
from support.clinic import NOON, completion, open_clinic
from support.server import ROOT

from server.db.engine import create_engine
from server.db.migrate import migrate
from server.practice.streaks import conformance
from server.settings import database_url

SECONDS = 1.5


async def people() -> AsyncIterator[Row]:
    """Push and read one by one on SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = create_engine(database_url(str(folder / "bench.db")))
        await migrate(engine)
        await engine.dispose()
        async with open_clinic(str(folder / "bench.db"), folder) as clinic:
            clinic.clock.move(days=365)
            phone = await clinic.phone(await clinic.member(await clinic.found(), "t@x.example"), "Ana")
            await phone.push(*(completion(NOON + timedelta(days=day)) for day in range(365)))
            read = await _median_ms(lambda: phone.get("/v1/me/streak"))
            yield Row(what="streak of a year, in process", measured=f"{read:.1f} ms", beside="SQLite")
            one = await _median_ms(lambda: phone.push(completion(NOON + timedelta(days=364))))
            beside = "SQLite, synchronous=FULL"
            yield Row(what="push of one completion, in process", measured=f"{one:.1f} ms", beside=beside)


def streaks() -> Iterator[Row]:
    """Answer the worked cases over and over, as `groundwork conformance streaks` does."""
    file, count, start = ROOT / "tests" / "vectors" / "streaks.json", 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        count += sum(1 for _ in conformance.run(file))
    yield Row(what="worked cases of streaks", measured=f"{count / took:,.0f} a second", beside="target 2,000")


async def _median_ms(work: Callable[[], Awaitable[Any]], times: int = 30) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000
