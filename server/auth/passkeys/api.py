from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import MEMBERS
from server.accounts.work import Work
from server.auth import cookies
from server.auth.console_api import welcome
from server.auth.door import Caller, Door
from server.auth.entry import begin_console, begin_tokens
from server.auth.passkeys import proof, service, using
from server.auth.passkeys.schemas import (
    AddPasskey,
    CreationOptions,
    Passkey,
    Passkeys,
    PasskeySignIn,
    RequestOptions,
    Site,
)
from server.auth.schemas import ConsoleSession, SteppedUp, Tokens
from server.web.policy import allow, allow_everybody
from server.web.problems import problems
from server.web.reply import Reply


@post(
    "/v1/account/passkeys/options",
    operation_id="offerPasskey",
    status_code=200,
    responses=problems(401, 403, 409),
    **allow(*MEMBERS, enrolling=True),
)
async def offer_passkey(work: NamedDependency[Work], site: NamedDependency[Site]) -> CreationOptions:
    """Give a browser what it needs to make a passkey within five minutes."""
    return await service.offer_creation(work, site)


@post(
    "/v1/account/passkeys",
    operation_id="addPasskey",
    responses=problems(400, 401, 403, 409),
    **allow(*MEMBERS, enrolling=True),
)
async def add_passkey(data: JSONBody[AddPasskey], work: NamedDependency[Work], site: NamedDependency[Site]) -> Passkey:
    """Keep a passkey that your browser made."""
    return await service.add_passkey(work, site, data)


@get("/v1/account/passkeys", operation_id="listPasskeys", responses=problems(401, 403), **allow(*MEMBERS))
async def list_passkeys(work: NamedDependency[Work]) -> Passkeys:
    """List your passkeys."""
    return await service.list_passkeys(work)


@delete(
    "/v1/account/passkeys/{passkey_id:uuid}",
    operation_id="deletePasskey",
    responses=problems(401, 403, 404),
    **allow(*MEMBERS, step_up=True),
)
async def delete_passkey(passkey_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Delete one of your passkeys."""
    await service.delete_passkey(work, passkey_id)


@post("/v1/auth/passkey/options", operation_id="offerPasskeySignIn", status_code=200, **allow_everybody())
async def offer_passkey_sign_in(door: NamedDependency[Door], site: NamedDependency[Site]) -> RequestOptions:
    """Give a browser what it needs to use a passkey within five minutes; the same for everybody."""
    return proof.offer(door, site)


@post(
    "/v1/auth/passkey",
    operation_id="signInByPasskey",
    status_code=200,
    responses=problems(400, 401),
    **allow_everybody(),
)
async def sign_in_by_passkey(
    data: JSONBody[PasskeySignIn], door: NamedDependency[Door], site: NamedDependency[Site]
) -> Tokens:
    """Sign a member in by a passkey, without a password."""
    return await using.sign_in(door, site, data, begin_tokens)


@post(
    "/v1/auth/console/passkey",
    operation_id="signInAtConsoleByPasskey",
    status_code=200,
    responses=problems(400, 401),
    **allow_everybody(),
)
async def sign_in_at_console_by_passkey(
    data: JSONBody[PasskeySignIn],
    door: NamedDependency[Door],
    site: NamedDependency[Site],
    request: Request[None, None, State],
) -> Reply[ConsoleSession]:
    """Sign a member in for the console by a passkey, without a password."""
    entry = await using.sign_in(door, site, data, begin_console)
    return await welcome(door, request, entry)


@post(
    "/v1/auth/step-up/passkey",
    operation_id="stepUpByPasskey",
    status_code=200,
    responses=problems(400, 401, 403),
    **allow(*MEMBERS),
)
async def step_up_by_passkey(
    data: JSONBody[PasskeySignIn], caller: NamedDependency[Caller], site: NamedDependency[Site]
) -> Reply[SteppedUp]:
    """Prove again who you are, by a passkey; for five minutes that opens what needs it."""
    proven = await using.step_up(caller, site, data)
    return Reply(proven.told, cookies=cookies.renewed(proven.cookie))


async def read_site(state: State) -> Site:
    """Return where people sign in."""
    return Site(origin=state.public_url)


DEPENDENCIES = {"site": Provide(read_site)}
HANDLERS: list[Any] = [
    offer_passkey,
    add_passkey,
    list_passkeys,
    delete_passkey,
    offer_passkey_sign_in,
    sign_in_by_passkey,
    sign_in_at_console_by_passkey,
    step_up_by_passkey,
]
