from collections.abc import Iterable
from typing import Final

from litestar.types import HTTPScope

from server.web.answer import Answer, RawHeaders, raw
from server.web.fields import field

_ASKED_WITH: Final = "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, X-Request-Id"
_PREFLIGHT: Final = raw(
    {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": _ASKED_WITH,
        "Access-Control-Max-Age": "600",
    }.items()
)
_EXPOSED: Final = raw({"Access-Control-Expose-Headers": "ETag, Content-Range, Retry-After, X-Request-Id"}.items())


class Cors:
    """Lets pages of exactly the configured origins read answers; without cookies, ever (security.md "Edge")."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)

    def origin(self, scope: HTTPScope) -> str | None:
        """Return the request's origin if it is a configured one."""
        if not self._origins:
            return None
        origin = field(scope, b"origin")
        return origin if origin in self._origins else None

    def preflight(self, scope: HTTPScope, origin: str) -> Answer | None:
        """Answer a browser that asks whether it may send a request; None for any other request."""
        if scope["method"] != "OPTIONS" or field(scope, b"access-control-request-method") is None:
            return None
        return Answer(204, allowed(_PREFLIGHT, origin))


def allowed(headers: RawHeaders, origin: str) -> RawHeaders:
    """Return an answer's header fields with the leave for a page of that origin to read it."""
    varies = [value for name, value in headers if name == b"vary"]
    return [
        *(header for header in headers if header[0] != b"vary"),
        *_EXPOSED,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"vary", b", ".join([*varies, b"Origin"])),
    ]
