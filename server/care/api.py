from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care import agenda, assignments_api, sessions, sets_api
from server.care.schemas import Agenda, ChangeSession, NewSession, Session, Sessions
from server.catalogue.answers import Answers
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply

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
    return await sessions.list_sessions(work, client_id)


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
    return _revised(await sessions.add_session(work, client_id, data))


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
    return _revised(await sessions.change_session(work, client_id, session_id, data, if_match))


@get(
    "/v1/clients/{client_id:uuid}/agenda",
    operation_id="readClientAgenda",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_agenda(
    client_id: FromPath[UUID],
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    from_date: From = None,
    to_date: To = None,
) -> Agenda:
    """Read what is planned for a client."""
    return await agenda.read_agenda(work, client_id, from_date, to_date, answers.snapshot.graveyard)


@get("/v1/me/agenda", operation_id="readMyAgenda", responses=problems(400, 401, 403), **allow("client"))
async def read_my_agenda(
    work: NamedDependency[Work], answers: NamedDependency[Answers], from_date: From = None, to_date: To = None
) -> Agenda:
    """Read what is planned for the caller."""
    return await agenda.read_agenda(work, work.access.subject, from_date, to_date, answers.snapshot.graveyard)


def _revised(session: Session) -> Response[Session]:
    return Reply(session, headers={"ETag": revision_etag(session.revision)})


HANDLERS: list[Any] = [
    list_sessions,
    add_session,
    change_session,
    *sets_api.HANDLERS,
    *assignments_api.HANDLERS,
    read_client_agenda,
    read_my_agenda,
]
