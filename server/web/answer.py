from collections.abc import Iterable

from litestar.types import Receive, Scope, Send

RawHeaders = list[tuple[bytes, bytes]]


class Answer:
    """An answer that is complete in memory."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status = status
        self.headers = list(headers)
        self.body = body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def raw(headers: Iterable[tuple[str, str]]) -> RawHeaders:
    """Return header fields as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
