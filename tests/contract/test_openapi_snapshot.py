import json
from pathlib import Path
from typing import Any

from litestar.routes import HTTPRoute
from support.bounds import missing_bounds, structs_within
from support.clinic import KEYS

from server.app import create_app
from server.settings import read_settings
from server.web.openapi import documented

SNAPSHOT = Path(__file__).with_name("openapi.json")


def served() -> bytes:
    return documented(create_app(read_settings({"GROUNDWORK_KEYS": KEYS})).app)


def test_the_api_is_the_one_that_was_agreed() -> None:
    """A change of the API is seen in review: `groundwork openapi > tests/contract/openapi.json`."""
    assert served().decode() == SNAPSHOT.read_text()


def test_every_operation_has_an_id_of_its_own() -> None:
    paths = json.loads(served())["paths"]
    ids = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(ids) == len(set(ids)) > 30


def test_every_bound_of_a_schema_is_in_the_document() -> None:
    signatures = [handler.parsed_fn_signature for route in routes() for handler in route]
    types = [signature.parameters["data"].raw for signature in signatures if "data" in signature.parameters]
    assert len(types) >= 10
    assert missing_bounds(json.loads(served())["components"]["schemas"], structs_within(types)) == []


def routes() -> list[list[Any]]:
    app = create_app(read_settings({"GROUNDWORK_KEYS": KEYS})).app
    found = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return [[handler for handler, _ in route.route_handler_map.values()] for route in found]
