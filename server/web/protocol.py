from asyncio import Transport
from asyncio.events import TimerHandle
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from server.kit.errors import Invalid, Problem
from server.kit.ids import new_id
from server.web.exchange import problem_answer
from server.web.headers import completed
from server.web.problems import FrameworkProblem
from server.web.whole import burst

# Above what `limits` takes: a request that is only a little too large is still answered with its id and logged.
MAX_UNREAD_BYTES: Final = 64 * 1024
# For a head that fits into a few packets, and for a body of one MiB over a bad mobile network.
HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 60.0


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn 0.54 reads it, and four things it leaves open.

    It keeps header fields without end (500 MB of them took 2.3 GB), so a request's head and whatever else is neither
    body nor end, such as trailers, is bounded. It waits for ever for a slow caller, so head and body have a time to
    arrive in. It adds trailers to the header fields, where a caller behind a proxy could write what only the proxy may
    say: they are dropped (RFC 9110 6.5.1). And bytes that are no HTTP get a problem document, as everything else does.
    """

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        super().__init__(*given, **named)
        self._unread = 0
        self._in_head = False
        self._deadline: TimerHandle | None = None
        self._patience: float | None = None
        self._begun = False
        self._at_once: Callable[[Any, Any], bool] | None = getattr(self.app, "at_once", None)

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wait for the first request."""
        super().connection_made(transport)
        self._patience = HEAD_SECONDS
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._patience = None
        self._wait()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answer what was read, then stop."""
        burst.flush()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Read on; end a connection that sends and sends without getting anywhere."""
        self._unread += len(data)
        super().data_received(data)
        if self._begun:
            self._wait()
        if self._unread > MAX_UNREAD_BYTES and not self.transport.is_closing():
            self._refuse(FrameworkProblem(431, "The header fields are too large.", code="headers_too_large"))

    def on_message_begin(self) -> None:
        """Note that what follows is the head of a request."""
        self._in_head = True
        self._patience, self._begun = HEAD_SECONDS, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a whole head was read."""
        self._in_head = False
        self._unread = 0
        self._patience, self._begun = BODY_SECONDS, True
        super().on_headers_complete()
        # Whatever comes now is a trailer, and belongs to nobody.
        self.headers = []

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - as uvicorn's own
        """Ask for an answer at once, and begin a task only where there is none."""
        if self._at_once is None or not self._at_once(cycle.scope, cycle.send):
            super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Note that a part of the body was read."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a whole request was read."""
        self._unread = 0
        self._patience, self._begun = None, True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's sentence is plain text
        """Answer what is no HTTP."""
        self._refuse(Invalid("This is not an HTTP request.", code="not_http"))

    def _wait(self) -> None:
        """Set the clock for what is waited for now, once for all that arrived together: mostly a whole request."""
        self._begun = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._patience is not None:
            self._deadline = self.loop.call_later(self._patience, self._end_slow)

    def _end_slow(self) -> None:
        if self._in_head or self.cycle is not None:
            self._refuse(FrameworkProblem(408, "The request did not arrive in time.", code="too_slow"))
        else:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem, unless another answer to this request is on its way or was given; then hang up."""
        burst.flush()
        if not (self.pipeline or self._is_answered()):
            self.transport.write(_bytes_of(problem))
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _is_answered(self) -> bool:
        if self.cycle is None:
            return False
        # While a head is read, the cycle is still that of the request before.
        return not self.cycle.response_complete if self._in_head else self.cycle.response_started


def _bytes_of(problem: Problem) -> bytes:
    request_id = str(new_id())
    answer = problem_answer(problem, request_id)
    fields = [*completed(answer.headers, request_id, cross_origin=False), (b"connection", b"close")]
    head = [STATUS_LINE[answer.status], *(b"%b: %b\r\n" % field for field in fields), b"\r\n"]
    return b"".join([*head, answer.body])
