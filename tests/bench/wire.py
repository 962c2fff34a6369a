"""Requests as bytes made beforehand, and what both sides of a comparison must be able to say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bench.load import Make

from server.kit.ids import new_id

ZONE = "Europe/Berlin"
_SAMPLE = str(UUID(int=0))


class Side(Protocol):
    """A server with clients; all are let in, and get their history, over HTTP."""

    address: str

    def client(self, practised: Sequence[datetime]) -> str:
        """Let a new client in who has practised at these moments, oldest first; return their access token."""
        ...

    @staticmethod
    def reading(token: str) -> Make:
        """Return what asks for the client's streak."""
        ...

    @staticmethod
    def pushing(token: str, practised: Sequence[datetime]) -> Make:
        """Return what delivers a new practice for each of these moments, in one request."""
        ...


def filled(template: str, count: int) -> str:
    """Put an id that never was into each of `count` places marked `%s`."""
    return template % tuple(str(new_id()) for _ in range(count))


def asking(method: str, path: str, token: str, template: str = "", count: int = 0) -> Make:
    """Return what makes the bytes of a whole request; its body is a template with `count` places for new ids."""
    length = len(template % ((_SAMPLE,) * count))
    whole = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{template}"
    )
    return lambda: filled(whole, count).encode("ascii")
