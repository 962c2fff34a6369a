from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from server.web.operation import Operation
from server.web.policy import CONSOLE_COOKIE
from server.web.schema import Json, refuse_nulls, schemas_of

_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "console": {
        "type": "apiKey",
        "in": "cookie",
        "name": CONSOLE_COOKIE,
        "description": "For pages of the console only. What changes something also needs the header `X-CSRF-Token`.",
    },
}
_METHODS: Final = ("get", "put", "post", "patch", "delete")
_ABOUT: Final = """\
Answers are JSON, or MessagePack when `Accept` asks for it. Every GET can be a HEAD, carries an ETag and answers 304 \
to a matching If-None-Match. Optional fields are absent, never null.

A problem is told as RFC 9457 says; programs decide by its `code`. The `pointer` of a field's error is a JSON Pointer \
into the body, `?name` for a query parameter, `{name}` for one in the path, `name:` for a header."""


def documented(app: Litestar) -> bytes:
    """Return the OpenAPI 3.1 document of an application, as JSON; the same bytes in every process."""
    return msgspec.json.format(msgspec.json.encode(document(app)), indent=1)


def document(app: Litestar) -> Json:
    """Return the OpenAPI 3.1 document of an application: Litestar's outline with msgspec's schemas.

    Litestar loses bounds of optional fields, writes null for absent, and knows nothing of our problems, of MessagePack
    and of 304: all of that is put right here and nowhere else.
    """
    outline = _outline(app)
    operations = list(_operations(app, outline["paths"]))
    given = dict.fromkeys(each for operation in operations for each in operation.given())
    refuse_nulls(given)
    types = given | dict.fromkeys(each for operation in operations for each in operation.taken())
    schemas, components = schemas_of(types)
    known = dict(zip(types, schemas, strict=True))
    paths: Json = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation.written(known)
    tags = {tag for operation in operations for tag in operation.outline.get("tags", ())}
    return {
        "openapi": outline["openapi"],
        "info": outline["info"],
        "servers": outline["servers"],
        "tags": [{"name": tag} for tag in sorted(tags)],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


def _outline(app: Litestar) -> Json:
    """Let Litestar write its own document, without the routes it would add to serve it."""
    plugin = cast("Any", app.plugins.get("OpenAPIPlugin"))
    config = OpenAPIConfig(
        title="Groundwork",
        version=str(app.state.get("version", "0")),
        description=_ABOUT,
        render_plugins=[JsonRenderPlugin()],
        operation_id_creator=lambda handler, _method, _path: camel_case(handler.handler_name),
    )
    plugin.on_app_init(AppConfig(openapi_config=config))
    return cast("Json", plugin.provide_openapi_schema())


def _operations(app: Litestar, paths: Json) -> Iterator[Operation]:
    """Yield the documented operations by path, then method; always in the same order."""
    routes = {route.path_format or "/": route for route in app.routes if isinstance(route, HTTPRoute)}
    for path in sorted(paths):
        for method in _METHODS:
            if method in paths[path]:
                handler, _ = routes[path].route_handler_map[cast("Any", method.upper())]
                yield Operation(path=path, method=method, outline=paths[path][method], handler=handler)


def camel_case(name: str) -> str:
    """Return a Python name as an operation id: `list_exercises` is `listExercises`."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
