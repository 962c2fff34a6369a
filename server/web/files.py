"""How a part of a file is answered, in constant memory."""

import asyncio
import os
from collections.abc import Callable
from typing import Any, BinaryIO, Final, cast

from litestar.types import Message, Receive, Scope, Send

from server.web.answer import RawHeaders
from server.web.zerocopy import ZERO_COPY

_PIECE: Final = 256 * 1024

Opener = Callable[[], BinaryIO]


class FilePart:
    """An ASGI application that answers `length` bytes of a file from `start` on.

    Never by `mmap`: a page of a file that was cut short meanwhile kills the whole process (SIGBUS). The kernel and
    `pread` say so with an error, which ends this answer alone.
    """

    __slots__ = ("headers", "length", "open_file", "start", "status")

    def __init__(self, status: int, headers: RawHeaders, open_file: Opener, start: int, length: int) -> None:
        self.status = status
        self.headers = headers
        self.open_file = open_file
        self.start = start
        self.length = length

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Open the file, then send; what cannot be opened, or is too short, is still a clear problem.

        Raises:
            OSError: the file is not there, or shorter than it must be.
        """
        with self.open_file() as file:
            if os.fstat(file.fileno()).st_size < self.start + self.length:
                raise OSError("A file is shorter than it was.")
            await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
            if ZERO_COPY in (scope.get("extensions") or {}):
                await send(self._handed_over(file))
            else:
                await self._in_pieces(file, send)

    def _handed_over(self, file: BinaryIO) -> Message:
        part: dict[str, Any] = {"file": file, "offset": self.start, "count": self.length, "more_body": False}
        return cast("Message", {"type": ZERO_COPY, **part})

    async def _in_pieces(self, file: BinaryIO, send: Send) -> None:
        end = self.start + self.length
        for offset in range(self.start, end, _PIECE):
            wanted = min(_PIECE, end - offset)
            piece = await asyncio.to_thread(os.pread, file.fileno(), wanted, offset)
            if len(piece) < wanted:
                raise OSError("A file became shorter while it was sent.")
            await send({"type": "http.response.body", "body": piece, "more_body": offset + wanted < end})
