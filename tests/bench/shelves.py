"""The catalogue beside a bare ASGI callable that answers the same bytes, and search in a large one."""

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec
from bench.cores import on_core
from bench.library import stocked
from bench.load import load
from bench.rows import Row, at_least, at_most
from bench.theirs import under_uvicorn
from bench.wire import asking
from support.server import ROOT, free_port, listening

from server.catalogue.search import Query, Searcher
from server.catalogue.service import list_exercises

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 1.0
COPIES = 100
LIST, FILTERED = "/v1/exercises", "/v1/exercises?technique=breathing&track=perinatal"
ASKED = ("breath", "soft wave", "brething", "the", "feet chair window", "shouldres", "notice", "eyes open room", "s")


def catalogue() -> Iterator[Row]:
    """Ask for the list and for an exercise, of ours and of a hundred times as many; then look for words in those."""
    for copies, slug in ((1, "land-now"), (COPIES, "land-now-000")):
        yield from _beside_a_mirror(copies, [LIST, FILTERED, f"{LIST}/{slug}"])
    yield _searched()


def _beside_a_mirror(copies: int, paths: list[str]) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(_library(copies))
        with httpx.Client(base_url=ours, headers={"Accept-Encoding": "identity"}) as http:
            bodies = {path: http.get(path).raise_for_status().content for path in paths}
            count = http.get(LIST).json()["total"]
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for path, body in bodies.items():
            mirrored = folder / "body"
            mirrored.write_bytes(body)
            files = f"{path.partition('?')[0]}={mirrored}"
            with under_uvicorn("bench.mirror:app", "/cpu", BENCH_FILES=files) as bare:
                rounds = [(_rate(ours, path), _rate(bare, path)) for _ in range(ROUNDS + 1)][1:]
            yield Row(
                what=f"{path} of {count:,}, {len(body):,} bytes",
                measured=f"{statistics.median(each for each, _ in rounds):,.0f} a CPU second",
                beside=f"bare ASGI {statistics.median(each for _, each in rounds):,.0f}",
                **at_least([mine / most for mine, most in rounds], 0.5),
            )


@contextmanager
def _library(copies: int) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "bench.library", str(port), str(copies)]
    with on_core("server"), listening(command, port, "/cpu", PYTHONPATH=str(ROOT / "tests")) as address:
        yield address


def _rate(address: str, path: str) -> float:
    """Return how many requests are answered for each second that the server computes.

    By the clock, a bare server would wait for the load half of the time, and look slower than it is.
    """
    before = httpx.get(f"{address}/cpu").json()
    with on_core("rest"):
        tally = asyncio.run(load(address, [asking("GET", path, "nobody")] * CONNECTIONS, seconds=SECONDS))
    if tally.others:
        raise RuntimeError(f"{path} was refused {tally.others} times")
    return tally.good / float(httpx.get(f"{address}/cpu").json() - before)


def _searched() -> Row:
    snapshot = stocked(COPIES)
    searcher = Searcher(snapshot)
    queries = [Query(q=words, facets=True, track=track) for words in ASKED for track in (None, "trauma", "palliative")]
    took = []
    # As the server does once its catalogue is made.
    gc.collect()
    gc.freeze()
    for query in islice(cycle(queries), 20 * len(queries)):
        start = time.thread_time()
        msgspec.json.encode(list_exercises(snapshot, searcher, query))
        took.append(1000 * (time.thread_time() - start))
    half, most = (statistics.quantiles(took[len(queries) :], n=100)[percent - 1] for percent in (50, 99))
    return Row(
        what=f"search with counts among {len(snapshot.exercises):,}",
        measured=f"computing p50 {half:.1f} ms, p99 {most:.1f} ms",
        beside="nothing kept from one to the next",
        **at_most(most, 10),
    )
