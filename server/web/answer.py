from collections.abc import Iterable

from litestar.types import Receive, Scope, Send

RawHeaders = list[tuple[bytes, bytes]]


class Answer:
    """An answer that is complete in memory."""

    __slots__ = ("body", "head", "headers", "status")

    def __init__(
        self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"", head: bytes | None = None
    ) -> None:
        """`head` is what `shared_lines` makes of the headers, for who has it already."""
        self.status = status
        self.headers = headers if isinstance(headers, list) else list(headers)
        self.body = body
        self.head = head

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def lines(headers: RawHeaders) -> bytes:
    """Return header fields as the lines of a head."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def raw(headers: Iterable[tuple[str, str]]) -> RawHeaders:
    """Return header fields as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
