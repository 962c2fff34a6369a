"""Requests as a server hands them to the application, byte for byte: no client in between that puts them right."""

from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

Headers = tuple[tuple[bytes, bytes], ...]


class Asked(Struct, frozen=True, kw_only=True):
    """A request; `what` says for a reader what is odd about it."""

    what: str
    method: str
    path: bytes
    query: bytes = b""
    headers: Headers = ()
    body: bytes = b""


class Told(Struct, frozen=True, kw_only=True):
    """Its answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def problem(self) -> dict[str, Any] | None:
        """Return the problem document, if it is one."""
        if self.headers.get("content-type") != "application/problem+json":
            return None
        try:
            return msgspec.json.decode(self.body, type=dict[str, Any])
        except msgspec.DecodeError:
            return None


async def ask(app: Any, asked: Asked) -> Told:
    """Send a request as uvicorn would; return the whole answer."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "root_path": "",
        "path": unquote(asked.path.decode("ascii")),
        "raw_path": asked.path,
        "query_string": asked.query,
        "headers": list(asked.headers),
        "server": ("127.0.0.1", 80),
        "client": ("192.0.2.1", 1),
        "state": {},
    }
    messages = [{"type": "http.request", "body": asked.body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Told(status=sent[0]["status"], headers=headers, body=b"".join(each["body"] for each in sent[1:]))
