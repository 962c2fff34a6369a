"""Who may call an operation is told beside each route: none without, and the open ones are these."""

from typing import Any

import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from litestar.routes import HTTPRoute
from support.clinic import Clinic

from server.web.openapi import document
from server.web.policy import ASKING, NoPolicyError, Policy, allow, allow_everybody, policy_of, require_policies

# Whoever adds one here opens it to the whole internet.
OPEN = {
    "acceptInvitation",
    "answerSecondFactor",
    "answerSecondFactorAtConsole",
    "finishOidc",
    "finishOidcAtConsole",
    "getHealth",
    "getReadiness",
    "listExercises",
    "listTracks",
    "offerPasskeySignIn",
    "pairPhone",
    "readAudio",
    "readCalendar",
    "readCaptions",
    "readCrisisCard",
    "readCues",
    "readExercise",
    "readExerciseVersion",
    "readSignalRules",
    "readStopCard",
    "refreshTokens",
    "signIn",
    "signInAtConsole",
    "signInAtConsoleByPasskey",
    "signInByPasskey",
    "startOidc",
}


def handlers(app: Litestar) -> dict[str, Any]:
    """Return the handler of every operation of the document, by its id."""
    routes = {route.path_format: route for route in app.routes if isinstance(route, HTTPRoute)}
    return {
        told["operationId"]: routes[path].route_handler_map[method.upper()][0]  # type: ignore[index]  # any method
        for path, methods in document(app)["paths"].items()
        for method, told in methods.items()
    }


def policies(app: Litestar) -> dict[str, Policy | None]:
    return {name: policy_of(handler) for name, handler in handlers(app).items()}


def test_every_operation_has_a_policy(clinic: Clinic) -> None:
    found = policies(clinic.app.app)
    assert len(found) > 30
    assert [name for name, policy in found.items() if policy is None] == []


def test_the_open_operations_are_known_by_name(clinic: Clinic) -> None:
    assert {name for name, policy in policies(clinic.app.app).items() if policy and not policy.roles} == OPEN


def test_whoever_may_call_is_found_out_where_the_policy_is_asked(clinic: Clinic) -> None:
    """The guard reads only the form of a token; these dependencies ask whether it holds, and whose it is."""
    known = handlers(clinic.app.app)
    asking = {name for name, each in known.items() if ASKING & {*each.parsed_fn_signature.parameters}}
    assert asking == set(known) - OPEN
    assert all({*each.resolve_dependencies()} >= ASKING for each in known.values())


def test_the_document_says_bearer_of_all_others(clinic: Clinic) -> None:
    told = document(clinic.app.app)["paths"].values()
    secured = {each["operationId"] for methods in told for each in methods.values() if each.get("security")}
    assert secured == set(policies(clinic.app.app)) - OPEN


@get("/planted", sync_to_thread=False, operation_id="readPlanted")
def planted() -> None: ...


@get("/undocumented", sync_to_thread=False, include_in_schema=False)
def undocumented() -> None: ...


@get("/unasked", sync_to_thread=False, operation_id="readUnasked", **allow("therapist"))
def unasked() -> None: ...


@get(
    "/fine",
    sync_to_thread=False,
    dependencies={"work": Provide(lambda: {"a": 1}, sync_to_thread=False)},
    **allow("therapist"),
)
def fine(work: NamedDependency[dict[str, int]]) -> None: ...


@get("/open", sync_to_thread=False, **allow_everybody())
def open_to_all() -> None: ...


@pytest.mark.parametrize(
    "route, name", [(planted, "readPlanted"), (undocumented, "undocumented"), (unasked, "readUnasked")]
)
def test_a_route_without_a_policy_stops_the_start(route: Any, name: str) -> None:
    with pytest.raises(NoPolicyError, match=name):
        require_policies(Litestar([fine, open_to_all, route], openapi_config=None))
    require_policies(Litestar([fine, open_to_all], openapi_config=None))
