from typing import Any

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from server.auth.console_api import welcome
from server.auth.door import Door
from server.auth.entry import begin_console, begin_tokens
from server.auth.oidc import service
from server.auth.oidc.schemas import FinishOidc, OidcStarted, StartOidc
from server.auth.oidc.service import CALLBACK, Desk
from server.auth.schemas import ConsoleSession, Tokens
from server.web.policy import allow_everybody
from server.web.problems import problems
from server.web.reply import Reply


@post(
    "/v1/auth/oidc/start",
    operation_id="startOidc",
    status_code=200,
    responses=problems(400, 503),
    **allow_everybody(),
)
async def start_oidc(
    data: JSONBody[StartOidc], door: NamedDependency[Door], desk: NamedDependency[Desk]
) -> OidcStarted:
    """Begin to sign a member in by their clinic's own provider."""
    return await service.start(door, desk, data)


@post(
    "/v1/auth/oidc/finish",
    operation_id="finishOidc",
    status_code=200,
    responses=problems(400, 401, 503),
    **allow_everybody(),
)
async def finish_oidc(data: JSONBody[FinishOidc], door: NamedDependency[Door], desk: NamedDependency[Desk]) -> Tokens:
    """Sign a member in whom their clinic's provider has sent back; members are never made here."""
    return await service.finish(door, desk, data, begin_tokens)


@post(
    "/v1/auth/console/oidc/finish",
    operation_id="finishOidcAtConsole",
    status_code=200,
    responses=problems(400, 401, 503),
    **allow_everybody(),
)
async def finish_oidc_at_console(
    data: JSONBody[FinishOidc],
    door: NamedDependency[Door],
    desk: NamedDependency[Desk],
    request: Request[None, None, State],
) -> Reply[ConsoleSession]:
    """Sign a member in for the console whom their clinic's provider has sent back."""
    entry = await service.finish(door, desk, data, begin_console)
    return await welcome(door, request, entry)


async def read_desk(state: State) -> Desk:
    """Return what signing in by a provider needs."""
    return Desk(providers=state.providers, redirect_uri=f"{state.public_url}{CALLBACK}")


DEPENDENCIES = {"desk": Provide(read_desk)}
HANDLERS: list[Any] = [start_oidc, finish_oidc, finish_oidc_at_console]
