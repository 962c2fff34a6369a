from typing import Any
from uuid import UUID

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts import service, sign_in
from server.accounts.schemas import (
    AddClient,
    ChangeClient,
    ChangePreferences,
    Client,
    Clients,
    Me,
    Pair,
    PairingCode,
    Refresh,
    SignIn,
    Tokens,
)
from server.accounts.work import Visit, Work
from server.web.problems import problems

BEARER = [{"bearer": list[str]()}]


@post("/v1/auth/sign-in", operation_id="signIn", status_code=200, responses=problems(400, 401, 429))
async def sign_in_member(data: JSONBody[SignIn], visit: NamedDependency[Visit]) -> Tokens:
    """Sign a member of the clinic in by password."""
    return await sign_in.sign_in(visit.session, data, visit.now)


@post("/v1/auth/pair", operation_id="pairPhone", responses=problems(400, 401))
async def pair_phone(data: JSONBody[Pair], visit: NamedDependency[Visit]) -> Tokens:
    """Pair a client's phone by the code the therapist reads out."""
    return await service.pair(visit.session, data, visit.now)


@post("/v1/auth/refresh", operation_id="refreshTokens", status_code=200, responses=problems(400, 401))
async def refresh_tokens(data: JSONBody[Refresh], visit: NamedDependency[Visit]) -> Tokens:
    """Exchange a refresh token; a lost answer is given again for ten minutes."""
    return await sign_in.refresh(visit.session, data, visit.now)


@post("/v1/auth/sign-out", operation_id="signOut", status_code=204, responses=problems(401), security=BEARER)
async def sign_out(anyone: NamedDependency[Work]) -> None:
    """End the caller's own sign-in."""
    await sign_in.sign_out(anyone)


@get("/v1/clients", operation_id="listClients", responses=problems(401, 403), security=BEARER)
async def list_clients(staff: NamedDependency[Work]) -> Clients:
    """List the clients in the caller's care."""
    return await service.list_clients(staff)


@post("/v1/clients", operation_id="addClient", responses=problems(400, 401, 403), security=BEARER)
async def add_client(data: JSONBody[AddClient], staff: NamedDependency[Work]) -> Client:
    """Add a client; the caller cares for them from now on."""
    return await service.add_client(staff, data)


@get("/v1/clients/{client_id:uuid}", operation_id="readClient", responses=problems(401, 403, 404), security=BEARER)
async def read_client(client_id: FromPath[UUID], staff: NamedDependency[Work]) -> Client:
    """Read one client."""
    return await service.read_client(staff, client_id)


@patch(
    "/v1/clients/{client_id:uuid}",
    operation_id="changeClient",
    responses=problems(400, 401, 403, 404),
    security=BEARER,
)
async def change_client(
    client_id: FromPath[UUID], data: JSONBody[ChangeClient], staff: NamedDependency[Work]
) -> Client:
    """Change what the therapist decides of a client."""
    return await service.change_client(staff, client_id, data)


@post(
    "/v1/clients/{client_id:uuid}/pairing-codes",
    operation_id="makePairingCode",
    responses=problems(401, 403, 404),
    security=BEARER,
)
async def make_pairing_code(client_id: FromPath[UUID], staff: NamedDependency[Work]) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes."""
    return await service.make_pairing_code(staff, client_id)


@get("/v1/me", operation_id="readMe", responses=problems(401, 403), security=BEARER)
async def read_me(me: NamedDependency[Work]) -> Me:
    """Read what a phone needs to know about its owner."""
    return await service.read_me(me)


@patch("/v1/me/preferences", operation_id="changePreferences", responses=problems(400, 401, 403), security=BEARER)
async def change_preferences(data: JSONBody[ChangePreferences], me: NamedDependency[Work]) -> Me:
    """Change what only the client decides."""
    return await service.change_preferences(me, data)


HANDLERS: list[Any] = [
    sign_in_member,
    pair_phone,
    refresh_tokens,
    sign_out,
    list_clients,
    add_client,
    read_client,
    change_client,
    make_pairing_code,
    read_me,
    change_preferences,
]
