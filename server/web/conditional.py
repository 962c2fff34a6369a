import gzip
from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec
from litestar import Litestar, Request, Response

from server.web.answer import Answer, raw
from server.web.etags import etag_of, is_unchanged
from server.web.fields import field
from server.web.negotiation import JSON, MESSAGEPACK, content_encoding, media_type
from server.web.reply import NOT_MODIFIED, OK

NO_STORE: Final = "no-store"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
_GZIP_FROM_BYTES: Final = 1024

T = TypeVar("T")


def public_for(seconds: int) -> str:
    """Return the Cache-Control of what is the same for everybody and may be kept that many seconds."""
    return f"public, max-age={seconds}"


class _Form:
    """The bytes of one media type in one content coding, and the headers they are sent with."""

    __slots__ = ("body", "etag", "headers", "validators")

    def __init__(self, body: bytes, coding: str, cache_control: str) -> None:
        self.body = body
        self.etag = etag_of(body)
        self.validators = raw(
            {"ETag": self.etag, "Cache-Control": cache_control, "Vary": "Accept, Accept-Encoding"}.items()
        )
        encoded = {} if coding == "identity" else {"Content-Encoding": coding}
        self.headers = [*self.validators, *raw({"Content-Length": str(len(body)), **encoded}.items())]


class Prepared(Generic[T]):
    """Content encoded once and answered from memory ever after: JSON and MessagePack, plain and gzip.

    Each form has an ETag of its own. Below one KiB gzip is not worth its bytes and the plain form is sent.
    """

    def __init__(self, content: T, *, cache_control: str) -> None:
        """Encode the content in every form; `cache_control` is sent with each (`public_for(300)`, `IMMUTABLE`)."""
        self._forms: Mapping[tuple[str, str], _Form] = {
            (form, coding): made
            for form, body in ((JSON, msgspec.json.encode(content)), (MESSAGEPACK, msgspec.msgpack.encode(content)))
            for coding, made in _codings(body, cache_control)
        }

    def reply(self) -> Response[T]:
        """Return what a handler answers with: 200, or 304 when the caller has it already."""
        return PreparedReply(self)

    def answer(self, accept: str | None, accept_encoding: str | None, if_none_match: str | None) -> Answer:
        """Choose the form by the request's fields and answer it."""
        chosen = media_type(accept)
        form = self._forms[JSON if chosen == JSON else MESSAGEPACK, content_encoding(accept_encoding)]
        if is_unchanged(if_none_match, form.etag):
            return Answer(NOT_MODIFIED, form.validators)
        return Answer(OK, [*form.headers, (b"content-type", chosen.encode())], form.body)


def _codings(body: bytes, cache_control: str) -> list[tuple[str, _Form]]:
    plain = _Form(body, "identity", cache_control)
    packed = gzip.compress(body, mtime=0) if len(body) >= _GZIP_FROM_BYTES else body
    smaller = len(packed) < len(body)
    return [("identity", plain), ("gzip", _Form(packed, "gzip", cache_control) if smaller else plain)]


class PreparedReply(Response[T]):
    """The response a handler returns for `Prepared` content."""

    def __init__(self, prepared: Prepared[T]) -> None:
        super().__init__(content=None)  # type: ignore[arg-type]  # the bytes are in `prepared`
        self.prepared = prepared

    def to_asgi_response(  # type: ignore[override]  # Litestar sends whatever is an ASGI application
        self,
        app: Litestar | None,  # noqa: ARG002 - Litestar passes it by name
        request: Request[Any, Any, Any],
        **_given: Any,  # noqa: ANN401 - the rest of Litestar's arguments, each of a type of its own
    ) -> Answer:
        """Answer from memory."""
        scope = request.scope
        return self.prepared.answer(
            field(scope, b"accept"), field(scope, b"accept-encoding"), field(scope, b"if-none-match")
        )
