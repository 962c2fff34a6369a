"""How an answer that is complete in memory leaves the server in one piece, past uvicorn's look at each header field."""

from typing import Any, Final

from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_EXTENSION: Final = "groundwork.whole"


def offer_whole(cycle: RequestResponseCycle) -> None:
    """Let the application send the answer to this request in one piece."""
    scope: Any = cycle.scope
    scope["extensions"] = {_EXTENSION: cycle}


def sent_whole(scope: HTTPScope, status: int, head: bytes, body: bytes) -> bool:
    """Send a status, the lines of a head and a body; False, and nothing is sent, where the usual way must be taken.

    Nothing of a request may be in the head, and its Content-Length must be true.
    """
    extensions: dict[str, Any] = scope.get("extensions") or {}
    cycle: RequestResponseCycle | None = extensions.get(_EXTENSION)
    if cycle is None or cycle.disconnected or cycle.response_started or cycle.flow.write_paused:
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
