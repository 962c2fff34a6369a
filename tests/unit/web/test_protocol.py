"""The bytes on the wire, below the application: what uvicorn alone leaves open."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any

import pytest
from litestar import get
from support.web import ROUTES, an_app
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from server.web.kit import UVICORN_OPTIONS
from server.web.protocol import MAX_UNREAD_BYTES

CHUNKED = b"POST /batches HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
REQUEST_ID = b"0123456789abcdef" * 2
MEGABYTE = 1024 * 1024


@get("/slow")
async def answer_late() -> dict[str, str]:
    await asyncio.sleep(0.3)
    return {}


@asynccontextmanager
async def listening(http: Any = None) -> AsyncIterator[int]:
    """Serve on a free port as `groundwork serve` does, or by another protocol."""
    config = Config(an_app(routes=[*ROUTES, answer_late]), **{**UVICORN_OPTIONS, **({"http": http} if http else {})})
    config.load()
    make: Any = config.http_protocol_class
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: make(config, ServerState(), {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def told(port: int, request: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Send bytes and nothing more; return the status, the header fields and the problem that is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    status, *lines = head.decode().strip().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    body = await reader.readexactly(int(fields["content-length"]))
    writer.close()
    return int(status.split()[1]), fields, json.loads(body)


async def megabytes_taken(port: int, begin: bytes, endless: bytes) -> int:
    """Return how much is taken of something endless before the connection ends; 8 at most."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    with suppress(ConnectionError):
        writer.write(begin)
        while count < 8:
            writer.write(endless * (MEGABYTE // len(endless)))
            await writer.drain()
            await asyncio.sleep(0.01)
            count += 1
    writer.close()
    return count


@pytest.mark.parametrize(
    "begin, endless",
    [
        (b"GET /things HTTP/1.1\r\nHost: a\r\nX: ", b"a"),
        (b"GET /things HTTP/1.1\r\nHost: a\r\n", b"a: b\r\n"),
        (b"GET /", b"a"),
        (CHUNKED + b"2;", b"a"),
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"a: b\r\n"),
    ],
    ids=["one long field", "many fields", "a long address", "a long chunk extension", "many trailers"],
)
async def test_what_never_ends_is_cut_off(begin: bytes, endless: bytes) -> None:
    async with listening() as port:
        assert await megabytes_taken(port, begin, endless) < 8
    async with listening(HttpToolsProtocol) as port:
        assert await megabytes_taken(port, begin, endless) == 8


async def test_a_head_that_is_too_large_is_told_so() -> None:
    begin = b"GET /things HTTP/1.1\r\nHost: a\r\nX: "
    async with listening() as port:
        status, headers, problem = await told(port, begin + b"a" * (MAX_UNREAD_BYTES + 1 - len(begin)))
    assert (status, problem["code"], headers["connection"]) == (431, "headers_too_large", "close")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00" * 9,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        CHUNKED + b"g\r\n{}",
    ],
)
async def test_what_is_no_http_gets_a_problem_too(request_bytes: bytes) -> None:
    async with listening() as port:
        status, headers, problem = await told(port, request_bytes)
    assert (status, problem["status"], problem["code"]) == (400, 400, "not_http")
    assert headers["content-type"] == "application/problem+json"
    assert (headers["x-request-id"], headers["cache-control"]) == (problem["request_id"], "no-store")


async def test_a_trailer_is_no_header_field() -> None:
    request = CHUNKED + b"2\r\n{}\r\n0\r\nX-Request-Id: " + REQUEST_ID + b"\r\n\r\n"
    async with listening() as port:
        assert (await told(port, request))[1]["x-request-id"] != REQUEST_ID.decode()
    async with listening(HttpToolsProtocol) as port:
        assert (await told(port, request))[1]["x-request-id"] == REQUEST_ID.decode()


async def test_nonsense_does_not_get_into_the_answer_before_it() -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /things/a HTTP/1.1\r\nHost: a\r\n\r\n" * 2 + b"nonsense")
        answered = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert b"not_http" not in answered


async def test_a_body_that_is_larger_than_a_head_may_be_is_taken() -> None:
    body = b'{"items": [' + b" " * 4 * MAX_UNREAD_BYTES + b"]}"
    head = CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(body))
    async with listening() as port:
        status, _, problem = await told(port, head + body)
    assert (status, problem["errors"][0]["pointer"]) == (400, "/items")


async def test_a_connection_serves_one_request_after_another() -> None:
    request = b"GET /things/a HTTP/1.1\r\nHost: a\r\n\r\n"
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(request)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()


async def test_a_request_to_speak_websocket_is_served_as_what_it_is() -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    async with listening() as port:
        status, _, problem = await told(port, b"GET /nowhere HTTP/1.1\r\nHost: a\r\n" + upgrade + b"\r\n")
    assert (status, problem["code"]) == (404, "not_found")


SLOW = [
    b"GET /things HTTP/1.1\r\nHost: a\r\nX: ",
    CHUNKED + b"ff\r\n{",
    CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: 9000"),
]


@pytest.mark.parametrize("begin", SLOW, ids=["in the head", "in a chunk", "in a body"])
async def test_what_does_not_arrive_in_time_is_told_so(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    in_time(monkeypatch, 0.3)
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        answered = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert answered.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"too_slow"' in answered


@pytest.mark.parametrize("begin", SLOW, ids=["in the head", "in a chunk", "in a body"])
async def test_dripping_gains_no_time(begin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    in_time(monkeypatch, 0.3)
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        dripping = asyncio.create_task(drip(writer))
        # The drop that falls after the end resets the connection, and the answer may be lost.
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
        dripping.cancel()
        writer.close()


def in_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("server.web.protocol.HEAD_SECONDS", seconds)
    monkeypatch.setattr("server.web.protocol.BODY_SECONDS", seconds)


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(0.1)
        writer.write(b" ")


async def test_who_says_nothing_is_hung_up_on_and_who_waits_for_an_answer_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_time(monkeypatch, 0.1)
    async with listening() as port:
        silent, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(silent.read(), 10) == b""
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()


async def test_four_hundred_slow_callers_starve_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    in_time(monkeypatch, 1.0)
    async with listening() as port:
        slow = await slow_callers(port)
        began = perf_counter()
        for _ in range(50):
            status, _, _ = await told(port, b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert status == 404
        assert (perf_counter() - began) / 50 < 0.1
        assert await still_open(slow, 3) == 0
    async with listening(HttpToolsProtocol) as port:
        assert await still_open(await slow_callers(port), 1.5) == 400


async def slow_callers(port: int) -> list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    callers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(400)]
    for number, (_, writer) in enumerate(callers):
        writer.write(CHUNKED if number % 2 else b"GET /things HTTP/1.1\r\nX: ")
    return callers


async def still_open(callers: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]], seconds: float) -> int:
    """Return on how many nobody has hung up after so many seconds; hang up on all."""
    ends = [asyncio.create_task(reader.read()) for reader, _ in callers]
    _, waiting = await asyncio.wait(ends, timeout=seconds)
    for end in waiting:
        end.cancel()
    for _, writer in callers:
        writer.close()
    return len(waiting)
