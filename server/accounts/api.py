from typing import Any
from uuid import UUID

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts import own_api as own
from server.accounts import preferences, service
from server.accounts import silence_api as silence
from server.accounts.schemas import STAFF, AddClient, ChangeClient, ChangePreferences, Client, Clients, Me
from server.accounts.sharing import api as sharing
from server.accounts.team import api as team
from server.accounts.work import Work
from server.web.policy import allow
from server.web.problems import problems


@get("/v1/clients", operation_id="listClients", responses=problems(401, 403), **allow(*STAFF))
async def list_clients(work: NamedDependency[Work]) -> Clients:
    """List the clients in the caller's care."""
    return await service.list_clients(work)


@post("/v1/clients", operation_id="addClient", responses=problems(400, 401, 403), **allow(*STAFF))
async def add_client(data: JSONBody[AddClient], work: NamedDependency[Work]) -> Client:
    """Add a client; the caller cares for them from now on."""
    return await service.add_client(work, data)


@get("/v1/clients/{client_id:uuid}", operation_id="readClient", responses=problems(401, 403, 404), **allow(*STAFF))
async def read_client(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Client:
    """Read one client."""
    return await service.read_client(work, client_id)


@patch(
    "/v1/clients/{client_id:uuid}",
    operation_id="changeClient",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def change_client(client_id: FromPath[UUID], data: JSONBody[ChangeClient], work: NamedDependency[Work]) -> Client:
    """Change what the therapist decides of a client."""
    return await service.change_client(work, client_id, data)


@get("/v1/me", operation_id="readMe", responses=problems(401, 403), **allow("client"))
async def read_me(work: NamedDependency[Work]) -> Me:
    """Read what a phone needs to know about its owner."""
    return await preferences.read_me(work)


@patch("/v1/me/preferences", operation_id="changePreferences", responses=problems(400, 401, 403), **allow("client"))
async def change_preferences(data: JSONBody[ChangePreferences], work: NamedDependency[Work]) -> Me:
    """Change what only the client decides."""
    return await preferences.change_preferences(work, data)


HANDLERS: list[Any] = [
    list_clients,
    add_client,
    read_client,
    change_client,
    read_me,
    change_preferences,
    *own.HANDLERS,
    *silence.HANDLERS,
    *sharing.HANDLERS,
    *team.HANDLERS,
]
