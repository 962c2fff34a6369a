from collections.abc import Iterable, Mapping
from typing import Any, Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from server.web.access import access_log
from server.web.base import base_routes
from server.web.cors import Cors
from server.web.edge import Edge
from server.web.guard import refuse_faulty_parameters
from server.web.health import Check, Warnings, no_warnings
from server.web.metrics import Metrics
from server.web.protocol import HttpProtocol
from server.web.proxies import Network, Proxies
from server.web.reply import Reply
from server.web.requests import JsonRequest
from server.web.translate import answer_problem

MAX_BODY_BYTES: Final = 1024 * 1024

# What `uvicorn.run` must be told: to bound what it reads, to leave it to `Proxies` alone whom to believe about
# addresses, not to name itself, not to log requests a second time, and to let requests that are being served end when
# the server is asked to stop.
UVICORN_OPTIONS: Final[Mapping[str, Any]] = {
    "http": HttpProtocol,
    "ws": "none",
    "server_header": False,
    "access_log": False,
    "log_config": None,
    "proxy_headers": False,
    "timeout_graceful_shutdown": 20,
}


def web_app(  # noqa: PLR0913 - each is named, and an operator decides about each
    route_handlers: Iterable[ControllerRouterHandler],
    *,
    version: str,
    checks: Mapping[str, Check],
    warnings: Warnings = no_warnings,
    cors_origins: Iterable[str] = (),
    proxies: Iterable[Network] = (),
    max_body_bytes: int = MAX_BODY_BYTES,
    docs: bool = True,
    state: Mapping[str, Any] | None = None,
    **litestar: Any,  # noqa: ANN401 - each of Litestar's arguments has a type of its own
) -> Edge:
    """Assemble the application: these routes, the base routes, and the web kit around them.

    `checks` are what `/readyz` asks, by name, and `warnings` what it tells besides; `proxies` are the networks whose
    X-Forwarded-For is believed; `state` is what handlers find in `State`; `litestar` takes Litestar's own arguments
    (`dependencies`, `lifespan`). The answer is the ASGI application; its `app` is the Litestar within.

    Raises:
        TypeError: a parameter could never be read, or is bounded in a way that Litestar would ignore.
    """
    metrics = Metrics()
    app = Litestar(
        [*route_handlers, *base_routes(checks, warnings, metrics, docs=docs)],
        exception_handlers={Exception: answer_problem},
        request_class=JsonRequest,
        response_class=Reply,
        request_max_body_size=max_body_bytes,
        openapi_config=None,
        logging_config=None,
        debug=False,
        state=State({"version": version, **(state or {})}),
        on_shutdown=[access_log.flush],
        **litestar,
    )
    refuse_faulty_parameters(app)
    return Edge(app, metrics=metrics, cors=Cors(cors_origins), proxies=Proxies(proxies))
