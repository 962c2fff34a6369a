"""A route that says it needs a token and does not ask for one is found by the check that looks at every operation."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from litestar import Request, get
from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth
from support.web import an_app

from server.kit.errors import Unauthorised
from server.web.problems import problems

SECURED: dict[str, Any] = {"security": [{"bearer": []}], "responses": problems(401), "sync_to_thread": False}
TOKEN = "Bearer valid"


@get("/open", operation_id="readOpen", **SECURED)
def read_open() -> dict[str, str]:
    return {"said": "anybody may read this"}


@get("/closed", operation_id="readClosed", **SECURED)
def read_closed(request: Request[Any, Any, Any]) -> dict[str, str]:
    if request.headers.get("Authorization") != TOKEN:
        raise Unauthorised
    return {"said": "whoever is signed in may read this"}


def look_at(route: Any) -> None:
    """Ask an application of this one route with a token that is good, as the served one is asked."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", an_app(routes=[route]))

    @given(case=schema[route.paths.copy().pop()]["GET"].as_strategy())
    @settings(max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Case) -> None:
        case.call_and_validate(headers={"Authorization": TOKEN}, checks=[ignored_auth])

    ask()


def test_a_route_that_asks_nobody_who_they_are_is_found() -> None:
    with pytest.raises(BaseException, match="without authentication"):
        look_at(read_open)


def test_a_route_that_asks_is_let_be() -> None:
    look_at(read_closed)


def test_every_operation_is_looked_at_in_that_way() -> None:
    schemathesis.checks.load_all_checks()
    assert ignored_auth in schemathesis.checks.CHECKS.get_all()
