"""How a part of a file leaves the server without passing through this process: the kernel copies it to the socket."""

import asyncio
import os
from asyncio import Future
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, cast

from litestar.types import HTTPScope, Message, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

# The ASGI extension by which an application hands over a file instead of its bytes.
ZERO_COPY: Final = "http.response.zerocopysend"
_EXTENSIONS: Final[dict[str, dict[Any, Any]]] = {ZERO_COPY: {}}
# What other connections wait for at most: about a tenth of a millisecond, from memory.
_AT_ONCE: Final = 1024 * 1024


def offer(scope: HTTPScope, send: Send) -> None:
    """Add the extension to a request's scope where `send` is that of a server whose socket we can reach."""
    if type(getattr(send, "__self__", None)) is RequestResponseCycle:
        scope["extensions"] = _EXTENSIONS


def names_a_file(message: Message) -> bool:
    """Tell whether a message is one of the extension, which Litestar's types do not know."""
    kind: str = message["type"]
    return kind == ZERO_COPY


async def send_file(send: Send, message: Message) -> int:
    """Send what a message of the extension names, the last of a body; return how many bytes were taken by the kernel.

    Less than all of them, without an error, when the caller has gone: as with uvicorn's own `send`.

    Raises:
        OSError: the file ended before its part did.
    """
    asked = cast("dict[str, Any]", message)
    cycle = cast("RequestResponseCycle", getattr(send, "__self__"))  # noqa: B009 - `Send` is any callable
    count: int = asked["count"]
    sent = 0
    with _socket_of(cycle) as socket:
        if socket is not None:
            await _drained(cycle)
            sent = await _pour(cycle, socket, asked["file"], asked["offset"], count)
    if sent < count:
        cycle.disconnected = True
        cycle.message_event.set()
        cycle.transport.abort()
        return sent
    # What uvicorn counts down as it is given bytes.
    cycle.expected_content_length -= count
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return sent


@contextmanager
def _socket_of(cycle: RequestResponseCycle) -> Iterator[int | None]:
    """Yield the socket under a number of our own, which nobody else can close and get again meanwhile."""
    transport = cycle.transport
    if cycle.disconnected or transport.is_closing():
        yield None
        return
    socket = os.dup(transport.get_extra_info("socket").fileno())
    # Nothing may wait in the transport: it would arrive in the middle of the file.
    transport.set_write_buffer_limits(0)
    try:
        yield socket
    finally:
        os.close(socket)
        if not transport.is_closing():
            transport.set_write_buffer_limits()


async def _drained(cycle: RequestResponseCycle) -> None:
    if cycle.transport.get_write_buffer_size():
        await cycle.flow.drain()


async def _pour(cycle: RequestResponseCycle, socket: int, file: BinaryIO, offset: int, count: int) -> int:
    sent = 0
    while sent < count and not (cycle.disconnected or cycle.transport.is_closing()):
        most = min(_AT_ONCE, count - sent)
        try:
            part = os.sendfile(socket, file.fileno(), offset + sent, most)
        except BlockingIOError:
            await _writable(socket)
            continue
        except ConnectionError:
            return sent
        if part == 0:
            raise OSError("A file became shorter while it was sent.")
        sent += part
        if sent < count:
            await (asyncio.sleep(0) if part == most else _writable(socket))
    return sent


async def _writable(socket: int) -> None:
    loop = asyncio.get_running_loop()
    ready: Future[None] = loop.create_future()
    loop.add_writer(socket, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_writer(socket)


def _settle(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
