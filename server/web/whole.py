"""How an answer that is complete in memory leaves the server in one piece, past uvicorn's look at each header field."""

from litestar.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


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
    parts += (head, b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n", body)
    cycle.transport.write(b"".join(parts))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
