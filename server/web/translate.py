import re
from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import ParameterKwarg

from server.kit.errors import FieldError, Invalid, NotFound, Problem, TooLarge
from server.kit.explain import field_error
from server.web.problems import FrameworkProblem, parameter_error, problem_response, summary
from server.web.tracing import log_failure, request_id

_MISSING: Final = re.compile(r"Missing required (?P<source>\w+) parameter '(?P<name>[^']+)'")
_GONE_AWAY: Final = "client disconnected prematurely"


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer any exception of a handler with a problem; what nobody foresaw is logged without values and is a 500."""
    problem = to_problem(error, _names(request))
    if problem.status == Problem.status:
        log_failure(error)
    return problem_response(problem, request_id())


def to_problem(error: Exception, names: Mapping[str, str] | None = None) -> Problem:
    """Return the problem an exception stands for. Litestar's own sentences are not repeated: they quote the input.

    `names` gives the name on the wire of handler parameters that are called something else in Python.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return _bad_parameters(error, names or {})
    if not isinstance(error, HTTPException):
        return Problem()
    if error.detail == _GONE_AWAY:
        return Invalid("The body never arrived in full.", code="incomplete")
    return _by_status(error.status_code, error.headers or {})


def _by_status(status: int, headers: Mapping[str, str]) -> Problem:
    match status:
        case 404:
            return NotFound()
        case 405:
            allowed = sorted({*headers.get("allow", "").split(", ")} - {"OPTIONS", ""})
            allowed += ["HEAD"] if "GET" in allowed and "HEAD" not in allowed else []
            return FrameworkProblem(
                405, "Not with this method.", code="method_not_allowed", headers={"Allow": ", ".join(allowed)}
            )
        case 413:
            return TooLarge()
        case _ if 400 <= status < 500:  # noqa: PLR2004 - HTTP's own classes
            return FrameworkProblem(status, "", code="invalid", headers=headers)
        case _:
            return Problem()


def _bad_parameters(error: ValidationException, names: Mapping[str, str]) -> Invalid:
    missing = _MISSING.match(error.detail)
    if missing:
        errors = [parameter_error(missing["name"], missing["source"], "missing", "This parameter is required.")]
    else:
        errors = [_parameter(each, names) for each in error.extra or [] if isinstance(each, Mapping)]
    return Invalid(summary(errors), errors=errors)


def _parameter(each: Mapping[str, Any], names: Mapping[str, str]) -> FieldError:
    key = str(each.get("key", "")).split(".")[0]
    source = str(getattr(each.get("source"), "value", each.get("source")))
    if source == "body":
        return FieldError(pointer="", code="missing", detail="A body is required.")
    said = field_error(str(each.get("message", "")))
    return parameter_error(names.get(key, key), source, said.code, said.detail)


def _names(request: Request[Any, Any, Any]) -> dict[str, str]:
    if "route_handler" not in request.scope:
        return {}
    handler = request.scope["route_handler"]
    signatures = [each.parsed_fn_signature for each in (*handler.resolve_dependencies().values(), handler)]
    return {
        name: field.kwarg_definition.name
        for signature in signatures
        for name, field in signature.parameters.items()
        if isinstance(field.kwarg_definition, ParameterKwarg) and field.kwarg_definition.name
    }
