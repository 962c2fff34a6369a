from collections.abc import Mapping
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec
from litestar import Litestar, Request, Response
from litestar.response.base import ASGIResponse

from server.web.etags import etag_of, in_messagepack, is_unchanged
from server.web.fields import field
from server.web.negotiation import JSON, MEDIA_TYPES, media_type

OK: Final = 200
NOT_MODIFIED: Final = 304

T = TypeVar("T")


class Ready:
    """Content that is JSON already; who prefers MessagePack is given the same in it."""

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json


class Reply(Response[T]):
    """The application's response class: JSON or MessagePack by Accept, an ETag on every read, 304 when unchanged.

    An ETag set by the handler (`revision_etag`) is kept; any other read gets one made of its bytes. A handler returns
    one only to set a header or a status; otherwise it returns the content itself.
    """

    def to_asgi_response(
        self,
        app: Litestar | None,  # noqa: ARG002 - Litestar passes it by name
        request: Request[Any, Any, Any],
        **given: Any,  # noqa: ANN401 - the rest of Litestar's arguments, each of a type of its own
    ) -> ASGIResponse:
        """Encode the content and answer 200, the handler's status, or 304."""
        form = self._form(request, str(self.media_type or given.get("media_type") or JSON))
        body = self._encode(form)
        status = self.status_code or given.get("status_code") or OK
        headers = self._headers(given.get("headers") or {}, form)
        if status == OK and request.method == "GET":
            headers.setdefault("ETag", etag_of(body))
            if is_unchanged(field(request.scope, b"if-none-match"), headers["ETag"]):
                status, body = NOT_MODIFIED, b""
        return ASGIResponse(
            background=self.background or given.get("background"),
            body=body,
            cookies=chain(self.cookies, given.get("cookies") or ()),
            encoding=self.encoding,
            headers=headers,
            media_type=form,
            status_code=status,
        )

    def _form(self, request: Request[Any, Any, Any], declared: str) -> str:
        if declared != JSON or isinstance(self.content, bytes):
            return declared
        return media_type(field(request.scope, b"accept"))

    def _encode(self, form: str) -> bytes:
        content: Any = self.content
        if isinstance(content, bytes):
            return content
        if isinstance(content, Ready):
            return content.json if form == JSON else msgspec.msgpack.encode(msgspec.json.decode(content.json))
        if content is None:
            return b""
        if form == JSON:
            return msgspec.json.encode(content)
        return msgspec.msgpack.encode(content) if form in MEDIA_TYPES else str(content).encode()

    def _headers(self, given: Mapping[str, str], form: str) -> dict[str, str]:
        headers = {**given, **self.headers}
        if ";" in form:
            headers["Content-Type"] = form
        if form in MEDIA_TYPES:
            headers.setdefault("Vary", "Accept")
            if form != JSON and "ETag" in headers:
                headers["ETag"] = in_messagepack(headers["ETag"])
        return headers
