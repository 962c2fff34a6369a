"""How a part of a file leaves the server without passing through this process: the kernel copies it to the socket."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ALLOCATIONGRANULARITY, MAP_SHARED, PROT_READ, mmap
from typing import Any, Final, cast

from litestar.types import HTTPScope, Message, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

# The ASGI extension by which an application hands over a file instead of its bytes.
ZERO_COPY: Final = "http.response.zerocopysend"
_EXTENSIONS: Final[dict[str, dict[Any, Any]]] = {ZERO_COPY: {}}
# What other connections wait for at most: about half a millisecond, from memory.
_AT_ONCE: Final = 2 * 1024 * 1024
_FEW: Final = 4096


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
    with _unbuffered(cycle):
        sent = await _pour(cycle, asked["file"].fileno(), asked["offset"], asked["count"])
    if _has_gone(cycle):
        # The transport knows; uvicorn will be told in a moment, and would call this a mistake of the application's.
        cycle.disconnected = True
        cycle.message_event.set()
        return sent
    # What uvicorn counts down as it is given bytes.
    cycle.expected_content_length -= sent
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return sent


@contextmanager
def _unbuffered(cycle: RequestResponseCycle) -> Iterator[None]:
    """Let nothing wait in the transport without a word: it would arrive in the middle of a file."""
    if not _has_gone(cycle):
        cycle.transport.set_write_buffer_limits(0)
    try:
        yield
    finally:
        if not _has_gone(cycle):
            cycle.transport.set_write_buffer_limits()


def _has_gone(cycle: RequestResponseCycle) -> bool:
    # From then on the number of the socket may be another's.
    return cycle.disconnected or cycle.transport.is_closing()


async def _pour(cycle: RequestResponseCycle, file: int, offset: int, count: int) -> int:
    socket: int = cycle.transport.get_extra_info("socket").fileno()
    sent = 0
    while sent < count:
        await cycle.flow.drain()
        if _has_gone(cycle):
            break
        most = min(_AT_ONCE, count - sent)
        taken = _taken(socket, file, offset + sent, most)
        if taken < most:
            # The socket is full: the transport waits for it with a few bytes, and says when they have left.
            rest = os.pread(file, min(_FEW, most - taken), offset + sent + taken)
            if not rest:
                raise OSError("A file became shorter while it was sent.")
            cycle.transport.write(rest)
            taken += len(rest)
        else:
            await asyncio.sleep(0)
        sent += taken
    return sent


def _taken(socket: int, file: int, offset: int, most: int) -> int:
    """Return how many bytes the kernel takes at once; none of a file that ends there, or when the caller has gone.

    It copies them from its own pages, many at a time: `sendfile` hands over each page apart, at twice the cost. The
    file is mapped for this call alone, and only the kernel looks: where a page is gone it answers with an error, while
    this process would be ended by a look of its own (SIGBUS).
    """
    begin = offset - offset % ALLOCATIONGRANULARITY
    try:
        with (
            mmap(file, offset - begin + most, flags=MAP_SHARED, prot=PROT_READ, offset=begin) as mapped,
            memoryview(mapped) as pages,
            pages[offset - begin :] as part,
        ):
            return os.write(socket, part)
    except (OSError, ValueError):
        return 0
