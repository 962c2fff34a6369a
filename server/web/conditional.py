from collections.abc import Callable
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from litestar import Litestar, Request, Response
from litestar.types import HTTPScope, Scope

from server.web.answer import Answer, RawHeaders, raw
from server.web.coding import CODINGS, IDENTITY, packed
from server.web.etags import etag_of, is_unchanged
from server.web.fields import fields
from server.web.headers import shared_lines
from server.web.negotiation import JSON, MESSAGEPACK, content_encoding, media_type
from server.web.reply import NOT_MODIFIED, OK

NO_STORE: Final = "no-store"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
_NOTED: Final = "prepared"

T = TypeVar("T")


def public_for(seconds: int) -> str:
    """Return the Cache-Control of what is the same for everybody and may be kept that many seconds."""
    return f"public, max-age={seconds}"


class Repeatable(Protocol):
    """What was answered, and can answer the next request for the same address without the application."""

    @property
    def is_public(self) -> bool:
        """Tell whether everybody who asks for the same address is answered this."""

    def is_current(self) -> bool:
        """Tell whether this is still what would be answered; must cost next to nothing."""

    def answer_to(self, scope: HTTPScope) -> Answer | None:
        """Answer a request at once; None when that is the application's to do."""


def note(scope: Scope, answered: Repeatable) -> None:
    """Write down what a request was answered with."""
    scope["state"][_NOTED] = answered


def noted(scope: HTTPScope) -> Repeatable | None:
    """Return what a request was answered with, if that can be repeated."""
    found: Repeatable | None = scope["state"].get(_NOTED)
    return found


class _Form:
    """The bytes of one media type in one content coding, and the headers they are sent with."""

    __slots__ = ("body", "etag", "headers", "heads", "unchanged", "validators")

    def __init__(self, body: bytes, coding: str, cache_control: str) -> None:
        self.body = body
        self.etag = etag_of(body)
        self.validators = raw(
            {"ETag": self.etag, "Cache-Control": cache_control, "Vary": "Accept, Accept-Encoding"}.items()
        )
        encoded = {} if coding == IDENTITY else {"Content-Encoding": coding}
        self.headers = [*self.validators, *raw({"Content-Length": str(len(body)), **encoded}.items())]
        self.heads: dict[str, tuple[RawHeaders, bytes]] = {}
        self.unchanged = shared_lines(self.validators)

    def head(self, media: str) -> tuple[RawHeaders, bytes]:
        """Return the header fields under this name of its media type, and their lines."""
        made = self.heads.get(media)
        if made is None:
            headers = [*self.headers, (b"content-type", media.encode())]
            made = self.heads[media] = headers, shared_lines(headers)
        return made


class Prepared(Generic[T]):
    """Content encoded once and answered from memory ever after: JSON and MessagePack, each plain and packed.

    Each form has an ETag of its own, and is made when it is first asked for, or by `make` before that. Below one KiB
    packing is not worth its bytes and the plain form is sent.
    """

    def __init__(self, content: T, *, cache_control: str, is_current: Callable[[], bool] = lambda: True) -> None:
        """Take the content; `cache_control` is sent with each form (`public_for(300)`, `IMMUTABLE`).

        `is_current` tells whether this is still what would be answered, and must cost next to nothing.
        """
        self._content = content
        self._cache_control = cache_control
        self._forms: dict[tuple[str, str], _Form] = {}
        self.is_current = is_current

    @property
    def is_public(self) -> bool:
        """Tell whether everybody who asks for the same address is answered this."""
        return self._cache_control.startswith("public")

    def make(self) -> None:
        """Make all forms that are not there yet."""
        for media in (JSON, MESSAGEPACK):
            for coding in CODINGS:
                self._form(media, coding)

    def reply(self) -> Response[T]:
        """Return what a handler answers with: 200, or 304 when the caller has it already."""
        return PreparedReply(self)

    def answer_to(self, scope: HTTPScope) -> Answer:
        """Answer from memory."""
        return self.answer(*fields(scope, b"accept", b"accept-encoding", b"if-none-match"))

    def answer(self, accept: str | None, accept_encoding: str | None, if_none_match: str | None) -> Answer:
        """Choose the form by the request's fields and answer it."""
        chosen = media_type(accept)
        form = self._form(JSON if chosen == JSON else MESSAGEPACK, content_encoding(accept_encoding))
        if is_unchanged(if_none_match, form.etag):
            return Answer(NOT_MODIFIED, form.validators, head=form.unchanged)
        headers, head = form.head(chosen)
        return Answer(OK, headers, form.body, head)

    def _form(self, media: str, coding: str) -> _Form:
        made = self._forms.get((media, coding))
        if made is None:
            made = self._forms[media, coding] = self._made(media, coding)
        return made

    def _made(self, media: str, coding: str) -> _Form:
        if coding == IDENTITY:
            encode = msgspec.json.encode if media == JSON else msgspec.msgpack.encode
            return _Form(encode(self._content), IDENTITY, self._cache_control)
        plain = self._form(media, IDENTITY)
        smaller = packed(plain.body, coding)
        return plain if smaller is None else _Form(smaller, coding, self._cache_control)


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
        """Answer from memory, and let the shelf know what with."""
        note(request.scope, self.prepared)
        return self.prepared.answer_to(request.scope)
