import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from litestar.types import HTTPScope

from server.kit.errors import Invalid, Problem
from server.web.problems import FrameworkProblem

MAX_JSON_DEPTH: Final = 32
MAX_PATH_BYTES: Final = 1024
MAX_QUERY_BYTES: Final = 4096
MAX_HEADER_BYTES: Final = 16 * 1024

# A string, or one that the end of the input cuts off. Possessive, so that no input makes it go back: one pass.
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_ESCAPED_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
# A name or an address, and a port (RFC 9110 7.2). Litestar 2.25 fails on any other when it names an address of ours.
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?")
_MAX_PORT: Final = 65535
# Two readers of one request would each believe another (RFC 9110 5.3, RFC 9112 3.2).
_SINGLE: Final = frozenset({b"authorization", b"content-type", b"host"})
_JUDGED: Final = _SINGLE | {b"content-encoding"}
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_SAME_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")


def check_json(body: bytes) -> None:
    """Refuse what a JSON decoder lets through: NUL in any form, invalid UTF-8 in fields it skips, deep nesting.

    Takes a few passes at the speed of C over the bytes, whatever they are (security.md "Edge"). A name that an object
    has twice is not refused: RFC 8259 4 leaves it to the reader, the last one counts, and nobody else reads the body.

    Raises:
        Invalid: 400, with a code of its own for each.
    """
    if b"\0" in body or (b"\\u0000" in body and _ESCAPED_NUL.search(body)):
        raise Invalid("Text must not contain NUL.", code="nul")
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            raise Invalid("The body is not UTF-8.", code="not_utf8") from None
    if is_deeper(body, MAX_JSON_DEPTH):
        raise Invalid(f"The body is nested deeper than {MAX_JSON_DEPTH} levels.", code="too_deep")


def is_deeper(body: bytes, depth: int) -> bool:
    """Tell whether arrays and objects are nested deeper than `depth`; malformed JSON is the decoder's to refuse.

    Each round takes away every pair of brackets with nothing left between them, so it peels off exactly one level.
    """
    if body.count(b"[") + body.count(b"{") <= depth:
        return False
    brackets = _STRING.sub(b"", body).translate(_SAME_BRACKETS, _NOT_BRACKETS)
    for _ in range(depth):
        peeled = brackets.replace(b"[]", b"")
        if len(peeled) == len(brackets):
            return False
        brackets = peeled
    return b"[]" in brackets


def refuse(scope: HTTPScope) -> Problem | None:
    """Return the problem of a request that is not worth reading on, judged by its target and header fields."""
    return _refuse_address(scope) or refuse_fields(scope)


def _refuse_address(scope: HTTPScope) -> Problem | None:
    query = scope["query_string"]
    if len(scope["path"]) > MAX_PATH_BYTES or len(query) > MAX_QUERY_BYTES:
        return FrameworkProblem(414, "The address is too long.", code="uri_too_long")
    if not (_is_text(query) and _is_text(scope.get("raw_path") or b"")) or "\0" in scope["path"]:
        return Invalid("The address holds NUL or bytes that are not UTF-8.", code="bad_address")
    return None


def refuse_fields(scope: HTTPScope) -> Problem | None:
    """Return the problem of a request's header fields alone."""
    size, judged = 0, []
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in _JUDGED:
            judged.append((name, value))
    if size > MAX_HEADER_BYTES:
        return FrameworkProblem(431, "The header fields are too large.", code="headers_too_large")
    return _refuse_judged(judged)


def _refuse_judged(fields: Sequence[tuple[bytes, bytes]]) -> Problem | None:
    single = [name for name, _ in fields if name in _SINGLE]
    if len(single) != len({*single}):
        return Invalid("A header field that may be there once is there twice.", code="repeated_header")
    for name, value in fields:
        if name == b"host" and not _is_host(value):
            return Invalid("The field Host is neither a name nor an address.", code="bad_host")
        if name == b"content-encoding" and value.strip().lower() not in {b"identity", b""}:
            return _refused_coding()
    return None


def _refused_coding() -> Problem:
    accepted = {"Accept-Encoding": "identity"}
    return FrameworkProblem(415, "Send the body as it is.", code="content_encoding", headers=accepted)


@lru_cache(maxsize=64)
def _is_host(written: bytes) -> bool:
    match = _HOST.fullmatch(written)
    return match is not None and int(match["port"] or 0) <= _MAX_PORT


def _is_text(encoded: bytes) -> bool:
    """Tell whether percent-encoded bytes are UTF-8 without NUL."""
    if encoded.isascii() and b"%" not in encoded:
        return b"\0" not in encoded
    decoded = unquote_to_bytes(encoded)
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded
