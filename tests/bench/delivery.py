"""Files and parts of them beside a bare ASGI callable that sends slices by `mmap`, and many readers at once."""

import asyncio
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from bench.cores import on_core
from bench.load import load
from bench.recording import keep
from bench.rows import Row, at_least, at_most
from bench.theirs import under_uvicorn
from support.readers import read_in_parallel
from support.server import ROOT, free_port, listening

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 1.0
READERS = 1000
# Five minutes of AAC.
FILE_BYTES = 2_400_000
PART_BYTES = 64 * 1024
# For each reader: a task, its request, and the little that a full socket is waited for with.
GROWTH_BYTES = 64 * 1024


def delivery() -> Iterator[Row]:
    """Ask for a whole file, and for parts of 64 KiB, of both; then read by a thousand at once."""
    content = bytes(range(256)) * (FILE_BYTES // 256)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        large = keep(folder, content * 4)
        path = keep(folder, content)
        ours = stack.enter_context(_serving(folder))
        bare = stack.enter_context(under_uvicorn("bench.slices:app", "/cpu", BENCH_FILE=str(folder / "made")))
        for what, wanted in (("a whole file", len(content)), ("64 KiB of a file", PART_BYTES)):
            yield _beside(what, ours, bare, path, wanted)
        yield _read_by_many(ours, large, content * 4)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "bench.recording", str(port), str(folder)]
    with on_core("server"), listening(command, port, "/cpu", PYTHONPATH=str(ROOT / "tests")) as address:
        yield address


def _beside(what: str, ours: str, bare: str, path: str, wanted: int) -> Row:
    rounds = [(_rate(ours, path, wanted), _rate(bare, path, wanted)) for _ in range(ROUNDS + 1)][1:]
    return Row(
        what=f"{what}, {wanted:,} bytes",
        measured=f"{statistics.median(each for each, _ in rounds) / 1e9:.2f} GB a CPU second",
        beside=f"bare ASGI, mmap {statistics.median(each for _, each in rounds) / 1e9:.2f}",
        **at_least([mine / most for mine, most in rounds], 0.5),
    )


def _rate(address: str, path: str, wanted: int) -> float:
    """Return how many bytes are answered for each second that the server computes, its kernel's copying included."""
    field = f"Range: bytes=0-{wanted - 1}\r\n" if wanted < FILE_BYTES else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{field}\r\n".encode()
    before = httpx.get(f"{address}/cpu").json()
    with on_core("rest"):
        tally = asyncio.run(load(address, [lambda: request] * CONNECTIONS, seconds=SECONDS))
    if tally.others:
        raise RuntimeError(f"{path} was refused {tally.others} times")
    return tally.good * wanted / float(httpx.get(f"{address}/cpu").json() - before)


def _read_by_many(ours: str, path: str, content: bytes) -> Row:
    with on_core("rest"):
        growth = asyncio.run(read_in_parallel(ours, path, content, READERS))
    if growth.wrong:
        raise RuntimeError(f"{growth.wrong} readers got other bytes than the file's")
    if growth.busy != READERS:
        raise RuntimeError(f"{growth.busy} answers were being sent, not {READERS}")
    grown = (growth.during - growth.before) / READERS
    return Row(
        what=f"{READERS:,} readers in the middle of 6 MiB each",
        measured=f"{growth.during / 1e6:.0f} MB in all, {grown / 1024:.1f} KiB more a reader",
        beside=f"the same connections idle {growth.before / 1e6:.0f} MB",
        **at_most(grown / GROWTH_BYTES, 1),
    )
