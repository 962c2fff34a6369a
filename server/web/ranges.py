import re
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.types import ASGIApp, Scope
from msgspec import Struct

from server.web.answer import Answer, RawHeaders, raw
from server.web.conditional import IMMUTABLE
from server.web.etags import is_unchanged
from server.web.fields import field
from server.web.files import FilePart, Opener
from server.web.problems import FrameworkProblem
from server.web.reply import NOT_MODIFIED, OK

PARTIAL: Final = 206
_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*(?P<first>\d*)-(?P<last>\d*)[ \t]*", re.IGNORECASE)
_DIGITS: Final = 18


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


class FileReply(Response[bytes]):
    """A file that never changes: what all the ways have in common by which it can leave the server."""

    def __init__(self, *, size: int, etag: str, media_type: str, cache_control: str = IMMUTABLE) -> None:
        """`etag` is strong, with its quotes; `size` in bytes."""
        super().__init__(b"")
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
        """Answer 304, or the file; If-None-Match counts before Range (RFC 9110 13.2.2)."""
        if is_unchanged(field(request.scope, b"if-none-match"), self.etag):
            return Answer(NOT_MODIFIED, self.validators)
        return self.answer(request.scope)

    def answer(self, scope: Scope) -> ASGIApp:
        """Return what answers a caller who does not have the file."""
        raise NotImplementedError

    def whole(self) -> Answer:
        """Return the head of an answer with the whole file, which is all that HEAD is answered."""
        return Answer(OK, [*self.validators, *self.described(self.size)])

    def described(self, length: int) -> RawHeaders:
        """Return the fields that tell of so many bytes of the file."""
        return raw({"Content-Type": self.content_type, "Content-Length": str(length)}.items())


class RangedReply(FileReply):
    """A file answered in whole (200) or in part (206), from the disk of this machine."""

    def __init__(self, open_file: Opener, *, size: int, etag: str, media_type: str) -> None:
        """`open_file` gives the file of `size` bytes, to be closed afterwards."""
        super().__init__(size=size, etag=etag, media_type=media_type)
        self.open_file = open_file

    def answer(self, scope: Scope) -> ASGIApp:
        """Answer 200 or 206; with If-Range only of the very file that the caller has begun (RFC 9110 13.1.5)."""
        if_range = field(scope, b"if-range")
        same = if_range is None or if_range.strip() == self.etag
        span = parse_range(field(scope, b"range"), self.size) if same else None
        if not self.size or is_head(scope):
            return self.whole()
        if span is None:
            return FilePart(OK, [*self.validators, *self.described(self.size)], self.open_file, 0, self.size)
        place = raw({"Content-Range": f"bytes {span.start}-{span.start + span.length - 1}/{self.size}"}.items())
        headers = [*self.validators, *self.described(span.length), *place]
        return FilePart(PARTIAL, headers, self.open_file, span.start, span.length)


def is_head(scope: Scope) -> bool:
    """Tell whether a request that is served as GET is to be answered without a body."""
    return bool(scope.get("state", {}).get("head"))
