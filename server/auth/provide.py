"""Opens the transaction of a request and finds out who asks; handlers name a key of `DEPENDENCIES`."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.errand import Phone
from server.accounts.schemas import READERS, Access
from server.accounts.work import Visit, Work, at_work
from server.auth import recognise
from server.auth.door import Caller, Door
from server.auth.errands.service import TokenPhone
from server.auth.recognise import Recognised, Shown
from server.auth.rules import STEP_UP_LIFE
from server.db.unit import unit_of_work
from server.kit.errors import Forbidden
from server.web.policy import CONSOLE_COOKIE, Policy, policy_of
from server.web.proxies import client_address

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

# The state is taken from the application: as a parameter of its own, Litestar would copy it for each request.
AnyRequest = Request[None, None, State]


async def _visit(request: AnyRequest) -> AsyncIterator[Visit]:
    state = request.app.state
    async with unit_of_work(state.sessions, writes=True) as session:
        yield Visit(session=session, now=state.clock.now(), keys=state.keyring, address=client_address(request.scope))


async def _look(request: AnyRequest) -> AsyncIterator[Visit]:
    state = request.app.state
    async with unit_of_work(state.sessions, writes=False) as session:
        yield Visit(session=session, now=state.clock.now(), keys=state.keyring, address=client_address(request.scope))


async def _work(request: AnyRequest) -> AsyncIterator[Work]:
    shown, state = _shown(request), request.app.state
    # What staff read is written into the audit, in the transaction of the read; a cookie's idle time is written, too.
    writes = shown.changes or shown.cookie is not None or not {*READERS}.isdisjoint(_policy(request).roles)
    # Who asks is found out inside the unit: Litestar never closes a generator when a later dependency raises.
    async with unit_of_work(state.sessions, writes=writes) as session:
        now = state.clock.now()
        access = await _let_through(session, request, shown, now)
        async with at_work(session, access, now, state.keyring, str(request.route_handler.operation_id)) as work:
            yield work


async def _door(request: AnyRequest) -> Door:
    state = request.app.state
    return Door(
        sessions=state.sessions, keys=state.keyring, now=state.clock.now(), address=client_address(request.scope)
    )


async def _caller(request: AnyRequest) -> Caller:
    door = await _door(request)
    async with door.unit() as session:
        access = await _let_through(session, request, _shown(request), door.now)
    return Caller(door=door, access=access, action=str(request.route_handler.operation_id))


async def _phone(request: AnyRequest) -> Phone:
    shown, state = _shown(request), request.app.state
    now = state.clock.now()
    return TokenPhone(
        state.sessions,
        state.keyring,
        request.scope["state"]["token"],
        now=now,
        action=str(request.route_handler.operation_id),
        let_through=lambda session: _let_through(session, request, shown, now),
    )


async def _let_through(session: AsyncSession, request: AnyRequest, shown: Shown, now: datetime) -> Access:
    recognised = await recognise.authenticate(session, shown, now)
    permit(_policy(request), recognised, now)
    return recognised.access


def permit(policy: Policy, recognised: Recognised, now: datetime) -> None:
    """Let a caller through to an operation.

    Raises:
        Forbidden: it is for other roles, needs a second factor that the caller has not shown, or a proof of who they
            are that is less than five minutes old. Whoever owes a second factor may add one without that proof, since
            a password alone does not prove it in their clinic.
    """
    access = recognised.access
    if access.role not in policy.roles:
        raise Forbidden("This part of the API is for somebody else.")
    if recognised.owes_factor:
        if not policy.enrolling:
            raise Forbidden("This clinic needs a second factor. Add one first.", code="second_factor_required")
    elif policy.step_up and (access.stepped_up_at is None or access.stepped_up_at + STEP_UP_LIFE <= now):
        raise Forbidden("Prove again who you are, then repeat this.", code="step_up_required")


async def require_bearer(request: AnyRequest) -> None:
    """Refuse who brings no token to an operation that needs one, before the body is read.

    Litestar 2.25 copies the whole handler for each guard at each request; what it calls before a request costs nothing.

    Raises:
        Unauthorised: there is no access token, or it is none of ours; whether it holds is found out by `authenticate`.
        Forbidden: a cookie that a page of another site sent.
    """
    # Async without awaiting anything: Litestar sends what is sync to a thread, at each request.
    policy = policy_of(request.route_handler)
    if policy and policy.roles:
        request.scope["state"]["token"] = recognise.read_token_of(_shown(request))


def _shown(connection: ASGIConnection[Any, Any, Any, Any]) -> Shown:
    """Return what a request shows of who asks; read once, though the guard and a dependency ask for it."""
    state = connection.scope["state"]
    if "shown" not in state:
        state["shown"] = _read_shown(connection)
    shown: Shown = state["shown"]
    return shown


def _read_shown(connection: ASGIConnection[Any, Any, Any, Any]) -> Shown:
    fields = connection.headers
    return Shown(
        authorization=fields.get("Authorization"),
        cookie=connection.cookies.get(CONSOLE_COOKIE),
        csrf=fields.get("X-CSRF-Token"),
        site=fields.get("Sec-Fetch-Site"),
        changes=connection.scope.get("method") not in READS,
    )


def _policy(request: AnyRequest) -> Policy:
    policy = policy_of(request.route_handler)
    assert policy is not None  # noqa: S101 - start-up refuses a route without one
    return policy


DEPENDENCIES = {
    "visit": Provide(_visit),
    "look": Provide(_look),
    "work": Provide(_work),
    "door": Provide(_door),
    "caller": Provide(_caller),
    "phone": Provide(_phone),
}
