"""How an answer that is complete in memory leaves the server in one piece, past uvicorn's look at each header field."""

from asyncio import Transport, get_running_loop
from typing import Final

from litestar.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# A thousand who ask for parts of a file at once do not fill the memory.
_MOST_HELD: Final = 1024 * 1024
_SMALL: Final = 16 * 1024


class Burst:
    """Writes what was answered at once to all connections that were read together, one after the other, at the end.

    Each write may wake up who waits for it, on another core, which costs more than the answer; while they are still
    busy with the one before, the next costs nothing.
    """

    def __init__(self) -> None:
        self._held: list[tuple[Transport, list[bytes], bool]] = []
        self._bytes = 0

    def write(self, transport: Transport, parts: list[bytes], *, last: bool) -> None:
        """Write an answer's parts soon, before anything that is not even begun yet; hang up after the `last`."""
        if not self._held:
            get_running_loop().call_soon(self.flush)
        self._held.append((transport, parts, last))
        self._bytes += sum(map(len, parts))
        if self._bytes > _MOST_HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held now: who writes by another way does so first, to keep the order."""
        held, self._held, self._bytes = self._held, [], 0
        for transport, parts, last in held:
            if transport.is_closing():
                # Whoever asked has gone meanwhile; the others' answers are not theirs to lose.
                continue
            transport.writelines(parts)
            if last:
                transport.close()


burst: Final = Burst()


def sent_whole(send: Send, status: int, head: bytes, body: bytes) -> bool:
    """Send a status, the lines of a head and a body; False, and nothing is sent, where the usual way must be taken.

    `send` is what the server gave the application. Nothing of a request may be in the head, and its Content-Length must
    be true.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle:
        return False
    if cycle.disconnected or cycle.response_started or cycle.flow.write_paused:
        return False
    # What uvicorn 0.54 does in two calls of `send`.
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    parts = [STATUS_LINE[status]]
    for name, value in cycle.default_headers:
        parts += (name, b": ", value, b"\r\n")
    parts += (head, b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    # To copy what is small costs less than to hand it over apart.
    parts = [b"".join(parts), body] if len(body) > _SMALL else [b"".join([*parts, body])]
    burst.write(cycle.transport, parts, last=not cycle.keep_alive)
    cycle.message_event.set()
    cycle.on_response()
    return True
