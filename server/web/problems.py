from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Struct, UnsetType

from server.kit.errors import FieldError, Problem

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:groundwork:problem:"


# Python's own phrases changed between 3.12 and 3.13; the published document must not (RFC 9110 15).
_PHRASES: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def phrase(status: int) -> str:
    """Return the name of a status code."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


class ProblemDetails(Struct, frozen=True, kw_only=True):
    """Why a request was not served (RFC 9457).

    Programs decide by `code`; `title` and `detail` are for people; `errors` says which fields are meant.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: tuple[FieldError, ...] | UnsetType = UNSET


class FrameworkProblem(Problem):
    """A problem of HTTP itself; `status` and `title` are the status code's own."""

    def __init__(self, status: int, detail: str, *, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, code=code)
        self.status = status  # type: ignore[misc]  # one class serves every status of HTTP's own
        self.title = phrase(status)  # type: ignore[misc]  # same
        self._headers = dict(headers or {})

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields the answer carries beside the problem document."""
        return self._headers


def details(problem: Problem, request_id: str) -> ProblemDetails:
    """Return the document that tells a caller about a problem."""
    return ProblemDetails(
        type=TYPE_PREFIX + problem.code,
        title=problem.title,
        status=problem.status,
        code=problem.code,
        detail=problem.detail or f"{problem.title}.",
        request_id=request_id,
        errors=problem.errors or UNSET,
    )


def problem_bytes(problem: Problem, request_id: str) -> bytes:
    """Return the body of the answer to a request that met a problem; always JSON (RFC 9457 3)."""
    return msgspec.json.encode(details(problem, request_id))


def problem_response(problem: Problem, request_id: str) -> Response[bytes]:
    """Return the answer to a request that met a problem."""
    return Response(
        problem_bytes(problem, request_id),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Declare the problems a handler answers with: `@get(..., responses=problems(404, 409))`."""
    return {status: problem_spec(status) for status in statuses}


def problem_spec(status: int) -> ResponseSpec:
    """Describe one problem for the API's document."""
    return ResponseSpec(
        data_container=ProblemDetails,
        generate_examples=False,
        description=phrase(status),
        media_type=MEDIA_TYPE,
    )


def parameter_error(name: str, source: str, code: str, detail: str) -> FieldError:
    """Return the error of a parameter: `?name` in the query, `{name}` in the path, `name:` in a header or cookie."""
    shapes = {"query": "?{}", "path": "{{{}}}"}
    return FieldError(pointer=shapes.get(source, "{}:").format(name), code=code, detail=detail)


def summary(errors: Sequence[FieldError]) -> str:
    """Name the places that errors are about, in one sentence."""
    return f"Not acceptable: {', '.join(error.pointer or 'the body' for error in errors)}."
