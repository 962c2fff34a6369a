"""The end-of-life switch, for whoever cares for the client and for the client."""

from typing import Any
from uuid import UUID

from litestar import delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.accounts import silence
from server.accounts.schemas import STAFF, Silenced
from server.accounts.work import Work
from server.web.policy import allow
from server.web.problems import problems

OF_CLIENT = "/v1/clients/{client_id:uuid}/silence"
OWN = "/v1/me/silence"


@post(
    OF_CLIENT,
    operation_id="silenceClient",
    status_code=200,
    responses=problems(401, 403, 404, 410),
    **allow(*STAFF),
)
async def silence_client(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Silenced:
    """Silence a client: at once no reminder, no signal, nothing due, no figure; nothing is deleted."""
    return await silence.silence(work, client_id)


@delete(OF_CLIENT, operation_id="liftClientSilence", responses=problems(401, 403, 404, 410), **allow(*STAFF))
async def lift_client_silence(client_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Lift a client's silence: everything is as it was."""
    await silence.lift_silence(work, client_id)


@post(OWN, operation_id="silenceMe", status_code=200, responses=problems(401, 403, 410), **allow("client"))
async def silence_me(work: NamedDependency[Work]) -> Silenced:
    """Silence everything about the caller: at once no reminder, no signal, nothing due, no figure."""
    return await silence.silence(work, work.access.subject)


@delete(OWN, operation_id="liftMySilence", responses=problems(401, 403, 410), **allow("client"))
async def lift_my_silence(work: NamedDependency[Work]) -> None:
    """Lift the caller's own silence, whoever began it."""
    await silence.lift_silence(work, work.access.subject)


HANDLERS: list[Any] = [silence_client, lift_client_silence, silence_me, lift_my_silence]
