"""Who may call an operation, told beside its route; start-up refuses an operation that does not say."""

from collections.abc import Iterable
from typing import Any, Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct

# `__Host-`: a browser takes it only over TLS, for the whole of this host and no other (RFC 6265bis 4.1.3).
CONSOLE_COOKIE: Final = "__Host-groundwork"
# They never get a cookie.
PHONES: Final = frozenset({"client", "support"})
# The dependencies that find out who asks, and ask the policy.
ASKING: Final = frozenset({"caller", "phone", "work"})
_BEARER: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_CONSOLE: Final[list[dict[str, list[str]]]] = [{"console": []}]


class Policy(Struct, frozen=True, kw_only=True):
    """`roles` may call; nobody named means everybody. `step_up`: only just after proving again who they are.

    `enrolling`: also somebody who owes the clinic a second factor, so that they can add it.
    """

    roles: tuple[str, ...]
    step_up: bool
    enrolling: bool


class NoPolicyError(Exception):
    """An operation does not say who may call it."""


def allow(*roles: str, step_up: bool = False, enrolling: bool = False) -> dict[str, Any]:
    """Return what a route is declared with so that these roles, signed in, may call it."""
    security = _BEARER if PHONES.issuperset(roles) else _BEARER + _CONSOLE
    return {"opt": {"policy": Policy(roles=roles, step_up=step_up, enrolling=enrolling)}, "security": security}


def allow_everybody() -> dict[str, Any]:
    """Return what a route is declared with that needs no sign-in."""
    return {"opt": {"policy": Policy(roles=(), step_up=False, enrolling=False)}}


def policy_of(handler: Any) -> Policy | None:  # noqa: ANN401 (handlers of several classes)
    """Return what an operation says about who may call it; None when it says nothing."""
    policy = handler.opt.get("policy")
    return policy if isinstance(policy, Policy) else None


def require_policies(app: Litestar) -> None:
    """Refuse to start an app with an operation that does not say who may call it, or says it and never asks.

    Raises:
        NoPolicyError: naming the operations.
    """
    silent = sorted({str(each.operation_id or each) for each in _handlers(app) if not _is_kept(each)})
    if silent:
        raise NoPolicyError(f"These operations do not say who may call them, or do not ask: {', '.join(silent)}.")


def _is_kept(handler: HTTPRouteHandler) -> bool:
    policy = policy_of(handler)
    return policy is not None and (not policy.roles or bool(ASKING & {*handler.parsed_fn_signature.parameters}))


def _handlers(app: Litestar) -> Iterable[HTTPRouteHandler]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            # Litestar answers OPTIONS by handlers of its own.
            yield from (each for each in route.route_handlers if each.http_methods != {"OPTIONS"})
