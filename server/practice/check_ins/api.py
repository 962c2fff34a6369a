from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.practice.check_ins import service
from server.practice.check_ins.schemas import CheckIns
from server.web.policy import allow
from server.web.problems import problems

Since = Annotated[date | None, QueryParameter(description="First date; default: 30 days ago")]


@get("/v1/me/check-ins", operation_id="readMyCheckIns", responses=problems(400, 401, 403), **allow("client"))
async def read_my_check_ins(work: NamedDependency[Work], since: Since = None) -> CheckIns:
    """Read what the caller told about moments, the newest first."""
    return await service.read_own(work, since)


@get(
    "/v1/clients/{client_id:uuid}/check-ins",
    operation_id="readClientCheckIns",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_check_ins(
    client_id: FromPath[UUID], work: NamedDependency[Work], since: Since = None
) -> CheckIns:
    """Read what a client told about moments, while they share check-ins."""
    return await service.read_shared(work, client_id, since)


HANDLERS: list[Any] = [read_my_check_ins, read_client_check_ins]
