"""Opens the transaction of a request and finds out who asks; handlers name `visit` or `work`."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from server.accounts.schemas import STAFF, Access
from server.accounts.work import Visit, Work
from server.auth import recognise
from server.db.unit import unit_of_work
from server.kit.errors import Forbidden
from server.vault.service import Vault
from server.web.policy import Policy, policy_of

READS = frozenset({"GET", "HEAD", "OPTIONS"})
# How long after proving again who they are somebody may do what needs it (`security.md`, Signing in).
STEP_UP_LIFE = timedelta(minutes=5)

AnyRequest = Request[None, None, State]


async def _visit(state: State) -> AsyncIterator[Visit]:
    async with unit_of_work(state.sessions, writes=True) as session:
        yield Visit(session=session, now=state.clock.now(), keys=state.keyring)


async def _work(request: AnyRequest, state: State) -> AsyncIterator[Work]:
    policy = policy_of(request.route_handler)
    assert policy is not None  # noqa: S101 - start-up refuses a route without one
    # What staff read is written into the audit, in the transaction of the read.
    writes = request.method not in READS or not {*STAFF}.isdisjoint(policy.roles)
    # Who asks is found out inside the unit: Litestar never closes a generator when a later dependency raises.
    async with unit_of_work(state.sessions, writes=writes) as session:
        now = state.clock.now()
        access = await recognise.authenticate(session, request.headers.get("Authorization"), now)
        permit(policy, access, now)
        yield Work(
            session=session,
            access=access,
            now=now,
            keys=state.keyring,
            vault=Vault(session, state.keyring),
            action=str(request.route_handler.operation_id),
        )


def permit(policy: Policy, access: Access, now: datetime) -> None:
    """Let a caller through to an operation.

    Raises:
        Forbidden: it is for other roles, or needs a proof of who they are that is less than five minutes old.
    """
    if access.role not in policy.roles:
        raise Forbidden("This part of the API is for somebody else.")
    if policy.step_up and (access.stepped_up_at is None or access.stepped_up_at + STEP_UP_LIFE <= now):
        raise Forbidden("Prove again who you are, then repeat this.", code="step_up_required")


async def require_bearer(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse who brings no token to an operation that needs one, before the body is read.

    Raises:
        Unauthorised: there is no access token, or it is none of ours; whether it holds is found out by `authenticate`.
    """
    # Async without awaiting anything: Litestar sends a sync guard to a thread, at each request.
    policy = policy_of(handler) if isinstance(handler, HTTPRouteHandler) else None
    if policy and policy.roles:
        recognise.read_bearer(connection.headers.get("Authorization"))


DEPENDENCIES = {"visit": Provide(_visit), "work": Provide(_work)}
