import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from server.web.answer import RawHeaders, raw
from server.web.conditional import IMMUTABLE
from server.web.etags import is_unchanged
from server.web.fields import field
from server.web.problems import FrameworkProblem
from server.web.reply import NOT_MODIFIED, OK

PARTIAL: Final = 206
_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*(?P<first>\d*)-(?P<last>\d*)[ \t]*", re.IGNORECASE)
_DIGITS: Final = 18

Reader = Callable[[int, int], AsyncIterator[bytes]]


class Span(Struct, frozen=True, kw_only=True):
    """A part of a file: `length` bytes from `start` on."""

    start: int
    length: int


def parse_range(header: str | None, size: int) -> Span | None:
    """Return the part of `size` bytes that a Range field asks for, or None to send the whole (RFC 9110 14.2).

    One range in bytes is honoured: `0-99`, `100-`, `-100`. Several ranges, other units and malformed fields are
    ignored, as the RFC allows: no player needs several, and overlapping ones are a known attack (14.2, 17.15).

    Raises:
        FrameworkProblem: 416, the range begins behind the end.
    """
    match = _ONE_RANGE.fullmatch(header) if header else None
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        length = min(_number(match["last"]), size)
        if _number(match["last"]) == 0:
            raise _unsatisfiable(size)
        return Span(start=size - length, length=length) if length else None
    first, last = _number(match["first"]), _number(match["last"]) if match["last"] else size - 1
    if match["last"] and last < first:
        return None
    if first >= size:
        raise _unsatisfiable(size)
    return Span(start=first, length=min(last, size - 1) - first + 1)


def _number(digits: str) -> int:
    """Read a number; more digits than any file has bytes all mean the same: far behind the end."""
    significant = digits.lstrip("0")
    return int(significant or 0) if len(significant) <= _DIGITS else 10**_DIGITS


def _unsatisfiable(size: int) -> FrameworkProblem:
    return FrameworkProblem(
        416, "The range begins behind the end.", code="range", headers={"Content-Range": f"bytes */{size}"}
    )


class RangedReply(Response[bytes]):
    """A file answered in whole (200) or in part (206), streamed in constant memory from where it is stored."""

    def __init__(self, read: Reader, *, size: int, etag: str, media_type: str, cache_control: str = IMMUTABLE) -> None:
        """`read(start, length)` yields that many of the file's `size` bytes; `etag` is strong, with its quotes."""
        super().__init__(b"")
        self.read = read
        self.size = size
        self.validators = raw({"ETag": etag, "Cache-Control": cache_control, "Accept-Ranges": "bytes"}.items())
        self.etag = etag
        self.content_type = media_type

    def to_asgi_response(  # type: ignore[override]  # Litestar sends whatever is an ASGI application
        self,
        app: Litestar | None,  # noqa: ARG002 - Litestar passes it by name
        request: Request[Any, Any, Any],
        **_given: Any,  # noqa: ANN401 - the rest of Litestar's arguments, each of a type of its own
    ) -> ASGIApp:
        """Answer 200, 206 or 304; If-None-Match counts before Range (RFC 9110 13.2.2)."""
        if is_unchanged(field(request.scope, b"if-none-match"), self.etag):
            return _Stream(NOT_MODIFIED, self.validators, None)
        span = self._span(field(request.scope, b"range"), field(request.scope, b"if-range"))
        whole = Span(start=0, length=self.size)
        part = span or whole
        fields = {"Content-Type": self.content_type, "Content-Length": str(part.length)}
        if span:
            fields["Content-Range"] = f"bytes {span.start}-{span.start + span.length - 1}/{self.size}"
        headers = [*self.validators, *raw(fields.items())]
        return _Stream(PARTIAL if span else OK, headers, self.read(part.start, part.length) if part.length else None)

    def _span(self, wanted: str | None, if_range: str | None) -> Span | None:
        """Return the part to send; with If-Range only of the very file that the caller has begun (13.1.5)."""
        if if_range is not None and if_range.strip() != self.etag:
            return None
        return parse_range(wanted, self.size)


class _Stream:
    __slots__ = ("chunks", "headers", "status")

    def __init__(self, status: int, headers: RawHeaders, chunks: AsyncIterator[bytes] | None) -> None:
        self.status = status
        self.headers = headers
        self.chunks = chunks

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        chunks = None if scope.get("state", {}).get("head") else self.chunks
        # The first chunk is awaited before anything is sent, so a file that cannot be read is still a clear problem.
        chunk = await anext(chunks, b"") if chunks else b""
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        while chunks and chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = await anext(chunks, b"")
        await send({"type": "http.response.body", "body": b"", "more_body": False})
