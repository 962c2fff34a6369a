from typing import Final

from litestar.types import Scope

from server.web.answer import Answer, raw
from server.web.fields import fields
from server.web.ranges import FileReply, is_head
from server.web.reply import OK

TEMPORARY_REDIRECT: Final = 307


class HandedOver(FileReply):
    """A file that the proxy in front sends: nginx does the ranges, from what an internal location of its own holds.

    The body is empty, whatever part was asked for; with a status other than 200 nginx would not look. That it sends
    ranges, nginx says itself.
    """

    def __init__(self, location: str, *, size: int, etag: str, media_type: str) -> None:
        super().__init__(size=size, etag=etag, media_type=media_type)
        self.location = location

    def answer(self, scope: Scope) -> Answer:
        """Answer where the proxy finds it.

        Raises:
            FrameworkProblem: 416, the range begins behind the end, which nginx would say in HTML.
        """
        self.span(*fields(scope, b"range", b"if-range"))
        told = [field for field in self.described if field[0] != b"accept-ranges"]
        return Answer(OK, [*told, *raw({"X-Accel-Redirect": self.location, "Content-Length": "0"}.items())])


class SentElsewhere(FileReply):
    """A file that another server has, at an address that holds for a while."""

    def __init__(self, address: str, *, size: int, etag: str, media_type: str, max_age: int) -> None:
        """`max_age` in seconds must be less than the address holds for."""
        super().__init__(size=size, etag=etag, media_type=media_type)
        self.address = address
        self.max_age = max_age

    def answer(self, scope: Scope) -> Answer:
        """Answer the address; HEAD is answered here, because an address is signed for one method."""
        if is_head(scope):
            return self.whole()
        told = {"Location": self.address, "Cache-Control": f"private, max-age={self.max_age}", "Content-Length": "0"}
        return Answer(TEMPORARY_REDIRECT, raw(told.items()))
