import pytest

from server.kit.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthorised,
    Unavailable,
)

STATUSES: dict[type[Problem], int] = {
    Invalid: 400,
    Unauthorised: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    PreconditionRequired: 428,
}


@pytest.mark.parametrize("kind", STATUSES)
def test_each_problem_has_its_status_and_a_code_in_snake_case(kind: type[Problem]) -> None:
    problem = kind()
    assert problem.status == STATUSES[kind]
    assert problem.code.replace("_", "").isalpha()
    assert problem.code.islower()


def test_codes_are_unique() -> None:
    kinds: list[type[Problem]] = [*STATUSES, TooManyRequests, Unavailable, Problem]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)


def test_a_problem_may_have_a_code_of_its_own_and_errors() -> None:
    error = FieldError(pointer="/slug", code="taken", detail="Somebody has it.")
    problem = Conflict("Choose another.", code="slug_taken", errors=[error])
    assert (problem.code, problem.detail, problem.errors) == ("slug_taken", "Choose another.", (error,))
    assert Conflict().code == "conflict"


@pytest.mark.parametrize("kind", [TooManyRequests, Unavailable])
def test_a_problem_that_passes_says_when_to_come_back(kind: type[TooManyRequests | Unavailable]) -> None:
    assert kind("Later.", retry_after=9).headers == {"Retry-After": "9"}


def test_who_is_not_signed_in_learns_the_scheme() -> None:
    assert Unauthorised().headers == {"WWW-Authenticate": "Bearer"}
