# ruff: noqa: N818 - these are named as HTTP and the API's clients name them
from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct


class FieldError(Struct, frozen=True, kw_only=True):
    """One thing wrong with one field: where it is, a stable code and a sentence; never the value that was sent.

    `pointer` is a JSON Pointer into the body (RFC 6901: `/items/0/id`, `` for the whole body), `?name` for a query
    parameter, `{name}` for a path parameter and `name:` for a header.
    """

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """What a caller is told when a request cannot be served (RFC 9457): raise a subclass, never return one.

    Each class has a status, a default stable code in snake_case and a title. `detail` is a sentence for the person
    who reads the answer; neither it nor `errors` may repeat what the caller sent.
    """

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    # Most problems undo the request's writes; a counted wrong guess must stay written.
    keeps_writes: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, code: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(code or type(self).code)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields the answer carries beside the problem document."""
        return {}


class Invalid(Problem):
    """The request is well formed HTTP, but what it says is not acceptable."""

    status = 400
    code = "invalid"
    title = "The request is not valid"


class Unauthorised(Problem):
    """Nobody is signed in, or the sign-in is over."""

    status = 401
    code = "unauthorised"
    title = "Sign in first"

    @property
    def headers(self) -> Mapping[str, str]:
        """Name the scheme to sign in by (RFC 9110 11.6.1)."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    """The caller is known and may not do this; what may not even be seen is `NotFound`."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(Problem):
    """There is no such thing, or the caller may not know that there is."""

    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(Problem):
    """The request contradicts what is already there."""

    status = 409
    code = "conflict"
    title = "This contradicts what is already there"


class Gone(Problem):
    """It was here and will not come back."""

    status = 410
    code = "gone"
    title = "No longer here"


class PreconditionFailed(Problem):
    """The caller's If-Match names another revision than the present one (RFC 9110 13.1.1)."""

    status = 412
    code = "precondition_failed"
    title = "Changed in the meantime"


class TooLarge(Problem):
    """The body is larger than this operation takes."""

    status = 413
    code = "too_large"
    title = "The body is too large"


class PreconditionRequired(Problem):
    """The write must say which revision it changes (RFC 6585 3)."""

    status = 428
    code = "precondition_required"
    title = "Say which revision you are changing"


class _RetryLater(Problem):
    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: int,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail, code=code, errors=errors)
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        """Say after how many seconds to try again (RFC 9110 10.2.3)."""
        return {"Retry-After": str(self.retry_after)}


class TooManyRequests(_RetryLater):
    """The caller asks too often; `retry_after` in seconds."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests"


class Unavailable(_RetryLater):
    """The server cannot do this now and will be able to later; `retry_after` in seconds."""

    status = 503
    code = "unavailable"
    title = "Not available now"
