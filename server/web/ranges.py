import re
from abc import ABC, abstractmethod
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.types import ASGIApp, HTTPScope, Scope
from msgspec import Struct

from server.web.answer import Answer, lines, raw
from server.web.conditional import IMMUTABLE, note
from server.web.etags import is_unchanged
from server.web.fields import field, fields
from server.web.files import FilePart, Opener, StillOpen
from server.web.headers import shared_lines
from server.web.problems import FrameworkProblem
from server.web.reply import NOT_MODIFIED, OK

PARTIAL: Final = 206
_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_DIGITS: Final = 18
# Also what uvicorn lets wait for a slow caller.
_SMALL: Final = 64 * 1024


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
    begin, end = match.groups() if match else ("", "")
    if not (begin or end):
        return None
    if not begin:
        length = min(_number(end), size)
        if _number(end) == 0:
            raise _unsatisfiable(size)
        return Span(start=size - length, length=length) if length else None
    first, last = _number(begin), _number(end) if end else size - 1
    if end and last < first:
        return None
    if first >= size:
        raise _unsatisfiable(size)
    return Span(start=first, length=min(last, size - 1) - first + 1)


def _number(digits: str) -> int:
    """Read a number; more digits than any file has bytes all mean the same: far behind the end."""
    if len(digits) <= _DIGITS:
        return int(digits)
    significant = digits.lstrip("0")
    return int(significant or 0) if len(significant) <= _DIGITS else 10**_DIGITS


def _unsatisfiable(size: int) -> FrameworkProblem:
    return FrameworkProblem(
        416, "The range begins behind the end.", code="range", headers={"Content-Range": f"bytes */{size}"}
    )


class FileReply(Response[bytes], ABC):
    """A file that never changes: what all the ways have in common by which it can leave the server."""

    def __init__(self, *, size: int, etag: str, media_type: str, cache_control: str = IMMUTABLE) -> None:
        """`etag` is strong, with its quotes; `size` in bytes."""
        super().__init__(b"")
        self.size = size
        self.etag = etag
        self.validators = raw({"ETag": etag, "Cache-Control": cache_control, "Accept-Ranges": "bytes"}.items())
        self.described = [*self.validators, (b"content-type", media_type.encode())]

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

    @abstractmethod
    def answer(self, scope: Scope) -> ASGIApp:
        """Return what answers a caller who does not have the file."""

    def span(self, wanted: str | None, if_range: str | None) -> Span | None:
        """Return the part that a Range field asks for, as `parse_range` does, or None to send the whole.

        With an If-Range field only of the very file that the caller has begun (RFC 9110 13.1.5).

        Raises:
            FrameworkProblem: 416, the range begins behind the end.
        """
        if if_range is not None and if_range.strip() != self.etag:
            return None
        return parse_range(wanted, self.size)

    def whole(self) -> Answer:
        """Return the head of an answer with the whole file, which is all that HEAD is answered."""
        return Answer(OK, [*self.described, (b"content-length", b"%d" % self.size)])


class RangedReply(FileReply):
    """A file answered in whole (200) or in part (206), from the disk of this machine."""

    def __init__(
        self, open_file: Opener, *, size: int, etag: str, media_type: str, cache_control: str = IMMUTABLE
    ) -> None:
        """`open_file` gives the file of `size` bytes, to be closed afterwards."""
        super().__init__(size=size, etag=etag, media_type=media_type, cache_control=cache_control)
        self.open_file = open_file
        self.is_public = cache_control.startswith("public")
        self._lines = shared_lines(self.described)
        self._open = StillOpen(open_file, size)

    def answer(self, scope: Scope) -> ASGIApp:
        """Answer 200 or 206, and let the shelf know what with."""
        note(scope, self)
        span = self.span(*fields(scope, b"range", b"if-range"))
        if not self.size or is_head(scope):
            return self.whole()
        if span is None:
            return FilePart(self.whole(), self.open_file, self.size, 0)
        return FilePart(self._part(span), self.open_file, self.size, span.start)

    def _part(self, span: Span, body: bytes = b"") -> Answer:
        place = b"bytes %d-%d/%d" % (span.start, span.start + span.length - 1, self.size)
        told = [(b"content-length", b"%d" % span.length), (b"content-range", place)]
        return Answer(PARTIAL, [*self.described, *told], body, lines(told) + self._lines)

    def is_current(self) -> bool:
        """Hold for ever: an address of a file names its bytes."""
        return True

    def answer_to(self, scope: HTTPScope) -> Answer | None:
        """Answer a small part at once; whatever else needs time or a judgement is the application's."""
        wanted, if_range, known = fields(scope, b"range", b"if-range", b"if-none-match")
        if wanted is None or known is not None or is_head(scope):
            return None
        try:
            span = self.span(wanted, if_range)
            if span is None or span.length > _SMALL:
                return None
            return self._part(span, self._open.read(span.start, span.length))
        except (FrameworkProblem, OSError):
            return None


def is_head(scope: Scope) -> bool:
    """Tell whether a request that is served as GET is to be answered without a body."""
    return bool(scope.get("state", {}).get("head"))
