from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care import service
from server.care.schemas import (
    Agenda,
    Assignment,
    Assignments,
    ChangeSession,
    NewAssignment,
    NewPracticeSet,
    NewSession,
    PracticeSet,
    PracticeSets,
    Session,
    Sessions,
)
from server.catalogue.answers import Answers
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply

Version = Annotated[int | None, QueryParameter(ge=1, le=1_000_000, description="Default: the newest")]
From = Annotated[date | None, QueryParameter(name="from", description="First date; default: the client's today")]
To = Annotated[date | None, QueryParameter(name="to", description="Last date, inclusive; default: 13 days later")]


@get(
    "/v1/clients/{client_id:uuid}/sessions",
    operation_id="listSessions",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def list_sessions(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Sessions:
    """List a client's treatment sessions."""
    return await service.list_sessions(work, client_id)


@post(
    "/v1/clients/{client_id:uuid}/sessions",
    operation_id="addSession",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def add_session(
    client_id: FromPath[UUID], data: JSONBody[NewSession], work: NamedDependency[Work]
) -> Response[Session]:
    """Note a treatment session. The ETag names its revision."""
    return _revised(await service.add_session(work, client_id, data))


@patch(
    "/v1/clients/{client_id:uuid}/sessions/{session_id:uuid}",
    operation_id="changeSession",
    responses=problems(400, 401, 403, 404, 412, 428),
    **allow(*STAFF),
)
async def change_session(
    client_id: FromPath[UUID],
    session_id: FromPath[UUID],
    data: JSONBody[ChangeSession],
    work: NamedDependency[Work],
    if_match: IfMatch = None,
) -> Response[Session]:
    """Move or decide a treatment session; what is planned around it moves along."""
    return _revised(await service.change_session(work, client_id, session_id, data, if_match))


@get("/v1/practice-sets", operation_id="listPracticeSets", responses=problems(401, 403), **allow(*STAFF))
async def list_sets(work: NamedDependency[Work]) -> PracticeSets:
    """List the clinic's practice sets."""
    return await service.list_sets(work)


@post("/v1/practice-sets", operation_id="addPracticeSet", responses=problems(400, 401, 403), **allow(*STAFF))
async def add_set(
    data: JSONBody[NewPracticeSet], work: NamedDependency[Work], answers: NamedDependency[Answers]
) -> PracticeSet:
    """Make a practice set."""
    return await service.add_set(work, data, answers.snapshot)


@get(
    "/v1/practice-sets/{set_id:uuid}",
    operation_id="readPracticeSet",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_set(set_id: FromPath[UUID], work: NamedDependency[Work], version: Version = None) -> PracticeSet:
    """Read a version of a practice set, the newest by default."""
    return await service.read_set(work, set_id, version)


@get(
    "/v1/clients/{client_id:uuid}/assignments",
    operation_id="listAssignments",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def list_assignments(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Assignments:
    """List a client's assignments."""
    return await service.list_assignments(work, client_id)


@post(
    "/v1/clients/{client_id:uuid}/assignments",
    operation_id="assignPracticeSet",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def assign_set(
    client_id: FromPath[UUID], data: JSONBody[NewAssignment], work: NamedDependency[Work]
) -> Assignment:
    """Give a practice set to a client."""
    return await service.assign_set(work, client_id, data)


@get(
    "/v1/clients/{client_id:uuid}/agenda",
    operation_id="readClientAgenda",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_agenda(
    client_id: FromPath[UUID], work: NamedDependency[Work], from_date: From = None, to_date: To = None
) -> Agenda:
    """Read what is planned for a client."""
    return await service.read_agenda(work, client_id, from_date, to_date)


@get("/v1/me/agenda", operation_id="readMyAgenda", responses=problems(400, 401, 403), **allow("client"))
async def read_my_agenda(work: NamedDependency[Work], from_date: From = None, to_date: To = None) -> Agenda:
    """Read what is planned for the caller."""
    return await service.read_agenda(work, work.access.subject, from_date, to_date)


def _revised(session: Session) -> Response[Session]:
    return Reply(session, headers={"ETag": revision_etag(session.revision)})


HANDLERS: list[Any] = [
    list_sessions,
    add_session,
    change_session,
    list_sets,
    add_set,
    read_set,
    list_assignments,
    assign_set,
    read_client_agenda,
    read_my_agenda,
]
