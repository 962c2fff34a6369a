"""Opens the transaction of a request and finds out who asks; handlers name `visit`, `me`, `staff` or `anyone`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from server.accounts import sign_in
from server.accounts.schemas import Role
from server.accounts.work import Visit, Work
from server.db.unit import unit_of_work
from server.kit.errors import Forbidden

READS = frozenset({"GET", "HEAD", "OPTIONS"})
STAFF: tuple[Role, ...] = ("admin", "therapist")


AnyRequest = Request[None, None, State]


async def _visit(state: State) -> AsyncIterator[Visit]:
    async with unit_of_work(state.sessions, writes=True) as session:
        yield Visit(session=session, now=state.clock.now())


@asynccontextmanager
async def _work(request: AnyRequest, state: State, roles: tuple[Role, ...]) -> AsyncIterator[Work]:
    # Who asks is found out inside the unit: Litestar never closes a generator when a later dependency raises.
    async with unit_of_work(state.sessions, writes=request.method not in READS) as session:
        now = state.clock.now()
        access = await sign_in.authenticate(session, request.headers.get("Authorization"), now)
        if access.role not in roles:
            raise Forbidden("This part of the API is for somebody else.")
        yield Work(session=session, access=access, now=now)


async def _me(request: AnyRequest, state: State) -> AsyncIterator[Work]:
    async with _work(request, state, ("client",)) as work:
        yield work


async def _staff(request: AnyRequest, state: State) -> AsyncIterator[Work]:
    async with _work(request, state, STAFF) as work:
        yield work


async def _anyone(request: AnyRequest, state: State) -> AsyncIterator[Work]:
    async with _work(request, state, ("client", *STAFF)) as work:
        yield work


async def require_bearer(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse who brings no token to an operation that needs one, before the body is read.

    Raises:
        Unauthorised: there is no access token, or it is none of ours; whether it holds is found out by `authenticate`.
    """
    # Async without awaiting anything: Litestar sends a sync guard to a thread, at each request.
    if isinstance(handler, HTTPRouteHandler) and handler.security:
        sign_in.read_bearer(connection.headers.get("Authorization"))


DEPENDENCIES = {
    "visit": Provide(_visit),
    "me": Provide(_me),
    "staff": Provide(_staff),
    "anyone": Provide(_anyone),
}
