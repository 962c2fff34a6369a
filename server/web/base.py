from collections.abc import Mapping
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from server.web.conditional import public_for
from server.web.health import Check, Warnings, health_routes
from server.web.metrics import METRICS_MEDIA_TYPE, Metrics
from server.web.negotiation import JSON
from server.web.openapi import document, documented
from server.web.page import POLICY
from server.web.policy import allow_everybody
from server.web.reference import reference
from server.web.reply import Reply

_KEPT = {"Cache-Control": public_for(300)}
_document = cache(documented)
_page = cache(lambda app: reference(document(app)))


def base_routes(
    checks: Mapping[str, Check], warnings: Warnings, metrics: Metrics, *, docs: bool
) -> list[HTTPRouteHandler]:
    """Return the routes every server has: health, metrics, its OpenAPI document and, if wanted, the reference."""

    @get("/metrics", include_in_schema=False, sync_to_thread=False, **allow_everybody())
    def show_metrics() -> Response[bytes]:
        return Response(metrics.exposition(), media_type=METRICS_MEDIA_TYPE)

    @get("/openapi.json", include_in_schema=False, sync_to_thread=False, **allow_everybody())
    def show_document(request: Request[Any, Any, Any]) -> Reply[bytes]:
        return Reply(_document(request.app), media_type=JSON, headers=_KEPT)

    @get("/docs", include_in_schema=False, sync_to_thread=False, **allow_everybody())
    def show_reference(request: Request[Any, Any, Any]) -> Reply[bytes]:
        policy = {"Content-Security-Policy": POLICY}
        return Reply(_page(request.app), media_type="text/html", headers=_KEPT | policy)

    return [*health_routes(checks, warnings), show_metrics, show_document, *([show_reference] if docs else [])]
