from collections.abc import Iterable

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import HTTPScope, Receive, Scope, Send

from server.kit.errors import Problem
from server.web.cors import Cors
from server.web.exchange import Exchange, problem_answer
from server.web.limits import refuse_fields
from server.web.metrics import Metrics
from server.web.proxies import Proxies
from server.web.shelf import Shelf
from server.web.tracing import begin_request, log_failure


class Edge:
    """The one layer around the application that sees every request and every answer, also those no route serves.

    Names the request, finds out where it comes from, refuses what is not worth reading, answers what is the same for
    everybody from its shelf, completes the headers, answers HEAD as GET without a body, writes one line of log and
    counts.
    """

    def __init__(self, app: Litestar, *, metrics: Metrics, cors: Cors, proxies: Proxies) -> None:
        self.app = app
        self.metrics = metrics
        self.cors = cors
        self.proxies = proxies
        self.shelf = Shelf()
        self._allow = {
            route.path_format: _allow(route.route_handler_map) for route in app.routes if isinstance(route, HTTPRoute)
        }

    def at_once(self, scope: HTTPScope, send: Send) -> bool:
        """Serve what stands on the shelf without a task of its own; False, and nothing is done, for all else.

        A server that can (`HttpProtocol`) asks this before it calls the application.
        """
        if not self.shelf.has(scope):
            return False
        exchange = Exchange(scope, send, self.cors, self._allow)
        known = exchange.early_answer(refuse_fields) or self.shelf.answer(exchange.scope)
        if known is None or not exchange.tell_at_once(known):
            return False
        exchange.report(self.metrics)
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (or the lifespan, untouched)."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["address"] = self.proxies.origin(scope)
        exchange = Exchange(scope, send, self.cors, self._allow)
        begin_request(exchange.request_id)
        self.metrics.in_flight += 1
        try:
            await self._serve(exchange, receive)
        finally:
            self.metrics.in_flight -= 1
            exchange.report(self.metrics)

    async def _serve(self, exchange: Exchange, receive: Receive) -> None:
        try:
            if known := exchange.early_answer() or self.shelf.answer(exchange.scope):
                await exchange.tell(known)
                return
            exchange.offer_files()
            await self.app(exchange.scope, receive, exchange.send)
            self.shelf.keep(exchange.scope)
        except Exception as error:
            log_failure(error)
            if exchange.status:
                raise
            await exchange.tell(problem_answer(Problem(), exchange.request_id))


def _allow(methods: Iterable[str]) -> bytes:
    found = {*methods, "OPTIONS"}
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set()))).encode()
