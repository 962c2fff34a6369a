"""A file leaves by the kernel, on uvloop and on asyncio's own loop, and on the wire nobody can tell."""

import asyncio
import hashlib
import os
import re
import signal
import subprocess
import sys
from asyncio import AbstractEventLoop, StreamReader
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import uvloop
from litestar import Request, get
from support.served import listening
from support.web import an_app, calling, logged

from server.web.edge import Edge
from server.web.ranges import RangedReply
from server.web.zerocopy import ZERO_COPY

SOUND = hashlib.shake_256(b"sound").digest(8_000_000)
GET = b"GET /sound HTTP/1.1\r\nHost: a\r\n%b\r\n"

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    factory: Callable[[], AbstractEventLoop] = request.param

    def run(what: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(asyncio.wait_for(what, 60))

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "sound"
    path.write_bytes(SOUND)
    return path


def app_of(path: Path, hear: Callable[[bool], object] = bool) -> Edge:
    """Serve a file; `hear` is told of each request whether the server takes files instead of bytes."""

    @get("/sound", sync_to_thread=False)
    def sound(request: Request[Any, Any, Any]) -> RangedReply:
        hear(ZERO_COPY in (request.scope.get("extensions") or {}))
        return RangedReply(lambda: path.open("rb", buffering=0), size=len(SOUND), etag='"a"', media_type="audio/mp4")

    return an_app(routes=[sound])


async def answer(reader: StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length
    return int(head.split()[1]), await reader.readexactly(int(length[1]))


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[tuple[StreamReader, asyncio.StreamWriter]]:
    async with listening(app_of(path)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        try:
            yield reader, writer
        finally:
            writer.close()


@pytest.mark.parametrize(
    "field, start, end", [(b"", 0, None), (b"1-", 1, None), (b"-3", -3, None), (b"9-70009", 9, 70010)]
)
def test_the_bytes_are_those_of_the_file(run: Run, path: Path, field: bytes, start: int, end: int | None) -> None:
    async def ask() -> None:
        async with connected(path) as (reader, writer):
            writer.write(GET % (b"Range: bytes=%b\r\n" % field if field else b""))
            status, body = await answer(reader)
            assert status == (206 if field else 200)
            assert body == SOUND[start:end]

    run(ask())


def test_requests_that_come_together_are_answered_whole_and_in_turn(run: Run, path: Path) -> None:
    async def ask() -> None:
        async with connected(path) as (reader, writer):
            writer.write(
                GET % b"" + GET % b"Range: bytes=5-9\r\n" + GET.replace(b"/sound", b"/nowhere") % b"" + GET % b""
            )
            assert [await answer(reader) for _ in range(2)] == [(200, SOUND), (206, SOUND[5:10])]
            assert (await answer(reader))[0] == 404
            assert await answer(reader) == (200, SOUND)

    run(ask())


def test_who_asks_without_the_extension_gets_the_same_in_pieces(run: Run, path: Path) -> None:
    handed_over: list[bool] = []
    app = app_of(path, handed_over.append)

    async def ask() -> None:
        async with listening(app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET % b"")
            assert await answer(reader) == (200, SOUND)
            writer.close()
        async with calling(app) as client:
            assert (await client.get("/sound")).content == SOUND
            assert (await client.get("/sound", headers={"Range": "bytes=1-700000"})).content == SOUND[1:700_001]

    run(ask())
    assert handed_over == [True, False, False]


def test_a_caller_who_hangs_up_leaves_nothing_open_and_nothing_in_the_log(run: Run, path: Path) -> None:
    async def ask() -> None:
        async with listening(app_of(path)) as port:
            before = descriptors()
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            writer.write(GET % b"")
            await reader.readuntil(b"\r\n\r\n")
            assert len(descriptors() - before) >= 3, "control: both ends of the connection and the file"
            writer.transport.abort()
            while descriptors() - before:  # noqa: ASYNC110 - nobody tells when the other end has noticed
                await asyncio.sleep(0.01)

    with logged() as log:
        run(ask())
    (line,) = log.lines()
    assert (line["event"], line["status"]) == ("request", 200)
    assert line["bytes"] < len(SOUND)


def descriptors() -> set[str]:
    """Return what this process has open, by its number."""
    return {each.name for each in Path("/dev/fd").iterdir()}


def test_a_file_cut_short_while_it_is_sent_ends_that_answer_alone(run: Run, path: Path) -> None:
    async def ask() -> None:
        async with listening(app_of(path)) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            writer.write(GET % b"")
            await reader.readuntil(b"\r\n\r\n")
            os.truncate(path, 1000)
            assert len(await reader.read(-1)) < len(SOUND)
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET % b"" + GET % b"Range: bytes=0-9\r\n")
            assert [(await answer(reader))[0] for _ in range(2)] == [500, 500], (
                "a clear problem before anything is sent"
            )
            os.truncate(path, len(SOUND))
            writer.write(GET % b"Range: bytes=0-9\r\n")
            assert await answer(reader) == (206, SOUND[:10])
            writer.close()

    with logged() as log:
        run(ask())
    events = [line["event"] for line in log.lines()]
    assert events.count("request") == 4
    assert "failure" in events


def test_a_file_cut_short_while_the_kernel_is_called_ends_that_answer_alone(run: Run, path: Path) -> None:
    write = os.write

    def late(socket: int, part: memoryview) -> int:
        os.truncate(path, 0)
        return write(socket, part)

    async def ask() -> None:
        async with connected(path) as (reader, writer):
            with patch.object(os, "write", late):
                writer.write(GET % b"")
                await reader.readuntil(b"\r\n\r\n")
                assert await reader.read(-1) == b""

    with logged() as log:
        run(ask())
    events = [line["event"] for line in log.lines()]
    assert (events[0], events[-1]) == ("failure", "request")


def test_a_process_that_looked_itself_would_be_ended(path: Path) -> None:
    looks = (
        "import mmap, os, sys; file = os.open(sys.argv[1], os.O_RDWR); pages = mmap.mmap(file, 0); "
        "os.ftruncate(file, 0); pages[0]"
    )
    ended = subprocess.run([sys.executable, "-c", looks, str(path)], check=False)  # noqa: S603 - our own command
    assert ended.returncode == -signal.SIGBUS
