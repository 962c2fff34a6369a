"""How a part of a file is answered, in constant memory."""

import asyncio
import os
from collections.abc import Callable
from typing import Any, BinaryIO, Final, cast
from weakref import finalize

from litestar.types import Message, Receive, Scope, Send

from server.web.answer import Answer
from server.web.zerocopy import ZERO_COPY

_PIECE: Final = 256 * 1024

Opener = Callable[[], BinaryIO]


class FilePart:
    """An ASGI application that answers a part of a file, from `start` on as many bytes as its head says.

    Nothing here looks at mapped memory: a page of a file that was cut short meanwhile kills the whole process (SIGBUS).
    The kernel and `pread` say so with an error, which ends this answer alone.
    """

    __slots__ = ("head", "length", "open_file", "start", "whole")

    def __init__(self, head: Answer, open_file: Opener, whole: int, start: int) -> None:
        """`head` has status and header fields, `whole` is the size that the file must have."""
        self.head = head
        self.open_file = open_file
        self.whole = whole
        self.start = start
        self.length = int(dict(head.headers)[b"content-length"])

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Open the file, then send; one that is not as it must be is still a clear problem.

        Raises:
            OSError: the file is not there, or has another size.
        """
        with self.open_file() as file:
            _require_whole(file, self.whole)
            await send({"type": "http.response.start", "status": self.head.status, "headers": [*self.head.headers]})
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
            piece = await asyncio.to_thread(_read, file, wanted, offset)
            await send({"type": "http.response.body", "body": piece, "more_body": offset + wanted < end})


class StillOpen:
    """A file that stays open from one small part to the next: opening and closing it costs more than reading it.

    It is closed with this object. A file that was removed or is no longer of its size is opened anew, because another
    may stand in its place.
    """

    __slots__ = ("__weakref__", "_close", "_file", "open_file", "whole")

    def __init__(self, open_file: Opener, whole: int) -> None:
        """`whole` is the size that the file must have."""
        self.open_file = open_file
        self.whole = whole
        self._file: BinaryIO | None = None
        self._close: Callable[[], object] = lambda: None

    def read(self, start: int, length: int) -> bytes:
        """Read a part.

        Raises:
            OSError: the file is not there, or has another size.
        """
        return _read(self._opened(), length, start)

    def _opened(self) -> BinaryIO:
        if self._file is not None:
            state = os.fstat(self._file.fileno())
            if state.st_nlink and state.st_size == self.whole:
                return self._file
            self._close()
            self._file = None
        file = self.open_file()
        self._file, self._close = file, finalize(self, file.close)
        _require_whole(file, self.whole)
        return file


def _require_whole(file: BinaryIO, size: int) -> None:
    if os.fstat(file.fileno()).st_size != size:
        raise OSError("A file has another size than it had.")


def _read(file: BinaryIO, length: int, offset: int) -> bytes:
    piece = os.pread(file.fileno(), length, offset)
    if len(piece) < length:
        raise OSError("A file became shorter while it was sent.")
    return piece
