from typing import Any
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.practice.pauses import service
from server.practice.pauses.schemas import AddPause, ChangePause, Pause, Pauses
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply


@get("/v1/me/pauses", operation_id="listPauses", responses=problems(401, 403), **allow("client"))
async def list_pauses(work: NamedDependency[Work]) -> Pauses:
    """List the caller's pauses."""
    return await service.list_pauses(work, work.access.subject)


@post("/v1/me/pauses", operation_id="addPause", responses=problems(400, 401, 403, 409, 410), **allow("client"))
async def add_pause(data: JSONBody[AddPause], work: NamedDependency[Work]) -> Response[Pause]:
    """Pause practice, for no reason that anybody asks for. The ETag names its revision."""
    return _revised(await service.add_pause(work, work.access.subject, data))


@patch(
    "/v1/me/pauses/{pause_id:uuid}",
    operation_id="changePause",
    responses=problems(400, 401, 403, 404, 410, 412, 428),
    **allow("client"),
)
async def change_pause(
    pause_id: FromPath[UUID], data: JSONBody[ChangePause], work: NamedDependency[Work], if_match: IfMatch = None
) -> Response[Pause]:
    """Change the dates of a pause, or close an open one."""
    return _revised(await service.change_pause(work, work.access.subject, pause_id, data, if_match))


@delete(
    "/v1/me/pauses/{pause_id:uuid}",
    operation_id="removePause",
    responses=problems(401, 403, 404, 410),
    **allow("client"),
)
async def remove_pause(pause_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Take a pause back."""
    await service.remove_pause(work, work.access.subject, pause_id)


@get(
    "/v1/clients/{client_id:uuid}/pauses",
    operation_id="listClientPauses",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def list_client_pauses(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Pauses:
    """List a client's pauses."""
    return await service.list_pauses(work, client_id)


@post(
    "/v1/clients/{client_id:uuid}/pauses",
    operation_id="addClientPause",
    responses=problems(400, 401, 403, 404, 409, 410),
    **allow(*STAFF),
)
async def add_client_pause(
    client_id: FromPath[UUID], data: JSONBody[AddPause], work: NamedDependency[Work]
) -> Response[Pause]:
    """Pause a client's practice. The ETag names its revision."""
    return _revised(await service.add_pause(work, client_id, data))


@patch(
    "/v1/clients/{client_id:uuid}/pauses/{pause_id:uuid}",
    operation_id="changeClientPause",
    responses=problems(400, 401, 403, 404, 410, 412, 428),
    **allow(*STAFF),
)
async def change_client_pause(
    client_id: FromPath[UUID],
    pause_id: FromPath[UUID],
    data: JSONBody[ChangePause],
    work: NamedDependency[Work],
    if_match: IfMatch = None,
) -> Response[Pause]:
    """Change the dates of a client's pause, or close an open one."""
    return _revised(await service.change_pause(work, client_id, pause_id, data, if_match))


@delete(
    "/v1/clients/{client_id:uuid}/pauses/{pause_id:uuid}",
    operation_id="removeClientPause",
    responses=problems(401, 403, 404, 410),
    **allow(*STAFF),
)
async def remove_client_pause(client_id: FromPath[UUID], pause_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Take a client's pause back."""
    await service.remove_pause(work, client_id, pause_id)


def _revised(pause: Pause) -> Response[Pause]:
    return Reply(pause, headers={"ETag": revision_etag(pause.revision)})


HANDLERS: list[Any] = [
    list_pauses,
    add_pause,
    change_pause,
    remove_pause,
    list_client_pauses,
    add_client_pause,
    change_client_pause,
    remove_client_pause,
]
