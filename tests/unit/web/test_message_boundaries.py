"""Where a request ends is decided in one way only, by the server that is really run (RFC 9112 6)."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from support.web import an_app

from server.web.kit import UVICORN_OPTIONS

HEAD = b"POST /tiny HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\n"
CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
SMUGGLED = b"GET /things/smuggled HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Serve the kit's application as `groundwork serve` does, on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(an_app(), **UVICORN_OPTIONS))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag alone
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def said(port: int, request: bytes) -> bytes:
    """Send bytes, and return all that comes back until the server closes or is silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = b""
    try:
        while part := await asyncio.wait_for(reader.read(65536), 0.4):
            answer += part
    except (TimeoutError, ConnectionResetError):
        pass
    writer.close()
    return answer


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + CHUNKED,
        b"Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Content-Length: 2,2\r\n\r\n{}",
        b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
        b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
        b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["both", "both turned", "two lengths", "signed", "listed", "unknown coding", "space", "hexadecimal"],
)
async def test_a_request_whose_end_is_unclear_smuggles_no_second_one(fields: bytes) -> None:
    async with served() as port:
        answer = await said(port, HEAD + fields + SMUGGLED)
    assert b"smuggled" not in answer


async def test_two_requests_that_are_clear_are_both_answered() -> None:
    async with served() as port:
        answer = await said(port, HEAD + b"Content-Length: 2\r\n\r\n{}" + SMUGGLED)
    assert answer.count(b"HTTP/1.1 20") == 2
    assert b"smuggled" in answer
