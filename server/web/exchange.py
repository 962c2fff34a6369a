from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, Final, cast

from litestar.types import HTTPScope, Message, Send

from server.kit.errors import Problem
from server.web.access import Line, access_log
from server.web.answer import Answer, RawHeaders, raw
from server.web.cors import Cors, allowed
from server.web.fields import field
from server.web.headers import completed, completed_lines
from server.web.limits import refuse
from server.web.metrics import Metrics
from server.web.problems import MEDIA_TYPE, problem_bytes
from server.web.tracing import name_of
from server.web.whole import sent_whole
from server.web.zerocopy import names_a_file, offer, send_file

NO_ROUTE: Final = "(none)"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class Exchange:
    """One request and its answer: named, judged, completed, logged and counted."""

    __slots__ = ("_allow", "_cors", "_origin", "_send", "method", "request_id", "scope", "sent", "started", "status")

    def __init__(self, scope: HTTPScope, send: Send, cors: Cors, allow: Mapping[str, bytes]) -> None:
        self.started = perf_counter()
        self.method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self.scope = _as_get(scope) if self.method == "HEAD" else scope
        self.request_id = name_of(field(scope, b"x-request-id"))
        self.status = self.sent = 0
        self._send = send
        self._cors = cors
        self._allow = allow
        self._origin = cors.origin(scope)

    def early_answer(self, judge: Callable[[HTTPScope], Problem | None] = refuse) -> Answer | None:
        """Answer without the application: to a preflight, or to what is not worth reading on."""
        if self._origin and (preflight := self._cors.preflight(self.scope, self._origin)):
            return preflight
        problem = judge(self.scope)
        return problem_answer(problem, self.request_id) if problem else None

    def offer_files(self) -> None:
        """Let the application hand over files instead of their bytes, where the server can send them."""
        offer(self.scope, self._send)

    def tell_at_once(self, answer: Answer) -> bool:
        """Send an answer that is known without the application, if the server takes it in one piece."""
        if self._origin:
            return False
        body = b"" if self.method == "HEAD" else answer.body
        told = sent_whole(self._send, answer.status, completed_lines(answer, self.request_id), body)
        if told:
            self.status, self.sent = answer.status, len(body)
        return told

    async def tell(self, answer: Answer) -> None:
        """Send an answer that is known without the application."""
        if self.tell_at_once(answer):
            return
        await self.send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await self.send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def send(self, message: Message) -> None:
        """Complete the header, leave out the body of an answer to HEAD, and remember what is reported."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.method == "OPTIONS":
                message["headers"] = self._options(message["headers"])
            headers = completed(list(message["headers"]), self.request_id, cross_origin=self._origin is not None)
            message["headers"] = allowed(headers, self._origin) if self._origin else headers
        elif message["type"] == "http.response.body":
            if self.method == "HEAD":
                message["body"] = b""
            self.sent += len(message["body"])
        elif names_a_file(message):
            self.sent += await send_file(self._send, message)
            return
        await self._send(message)

    def _options(self, headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
        """Name every method of the path: Litestar 2.25 names only those of the handler it met first."""
        allow = self._allow.get(str(self.scope.get("path_template")))
        others = [header for header in headers if header[0] != b"allow"]
        return [*others, (b"allow", allow)] if allow else others

    def report(self, metrics: Metrics) -> None:
        """Log and count the exchange by its route's template; the path and the query may hold people's data."""
        seconds = perf_counter() - self.started
        route = str(self.scope.get("path_template") or NO_ROUTE)
        status = self.status or Problem.status
        metrics.observe(self.method, route, status, seconds)
        line = Line(
            request_id=self.request_id,
            method=self.method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            bytes=self.sent,
            level="debug" if route in _QUIET else "info",
        )
        access_log.write(line)


def problem_answer(problem: Problem, request_id: str) -> Answer:
    """Return the complete answer to a request that met a problem before it reached a handler."""
    body = problem_bytes(problem, request_id)
    fields = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), **problem.headers}
    return Answer(problem.status, raw(fields.items()), body)


def _as_get(scope: HTTPScope) -> HTTPScope:
    """Return the scope of the GET that a HEAD is answered as; a Range means nothing to HEAD (RFC 9110 14.2).

    A copy, because the server decides by its own scope's method that no body follows.
    """
    fields = [header for header in scope["headers"] if header[0] != b"range"]
    state: dict[str, Any] = {**scope.get("state", {}), "head": True}
    return cast("HTTPScope", {**scope, "method": "GET", "headers": fields, "state": state})
