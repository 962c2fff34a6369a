import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, Literal

from litestar import get
from litestar.handlers import HTTPRouteHandler
from msgspec import UNSET, Struct, UnsetType

from server.kit.errors import Unavailable
from server.web.policy import allow_everybody
from server.web.problems import problems
from server.web.tracing import log_failure

Check = Callable[[], Awaitable[object]]
# Sentences about what an operator should see to, though the server serves.
Warnings = Callable[[], Iterable[str]]

CHECK_SECONDS: Final = 2.0


class Health(Struct, frozen=True, kw_only=True):
    """How the server is. `warnings`: what an operator should see to before long."""

    status: Literal["alive", "ready"]
    warnings: tuple[str, ...] | UnsetType = UNSET


def no_warnings() -> Iterable[str]:
    """Stand in where there is nothing to warn of."""
    return ()


def health_routes(checks: Mapping[str, Check], warnings: Warnings = no_warnings) -> list[HTTPRouteHandler]:
    """Return `/healthz` (the process answers) and `/readyz` (every check passes within two seconds).

    A check is an async function that raises when its part is not ready; only its name is told. Warnings leave the
    server ready; anybody reads them, so they hold nothing of a clinic.
    """

    @get(
        "/healthz",
        operation_id="getHealth",
        summary="Is the process alive?",
        tags=["operations"],
        sync_to_thread=False,
        **allow_everybody(),
    )
    def healthz() -> Health:
        return Health(status="alive")

    @get(
        "/readyz",
        operation_id="getReadiness",
        summary="Is everything the server needs there?",
        tags=["operations"],
        responses=problems(503),
        **allow_everybody(),
    )
    async def readyz() -> Health:
        passed = await asyncio.gather(*(_passes(check) for check in checks.values()))
        failing = [name for name, fine in zip(checks, passed, strict=True) if not fine]
        if failing:
            raise Unavailable(f"Not ready: {', '.join(failing)}.", code="not_ready", retry_after=1)
        return Health(status="ready", warnings=tuple(warnings()) or UNSET)

    return [healthz, readyz]


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever a check raises, its part is not ready
        log_failure(error)
        return False
    return True
