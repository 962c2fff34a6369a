from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.errand import Phone
from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care.api import From, To
from server.practice import outbox, reports, service, support_view
from server.practice.asking import seen_at
from server.practice.changes import api as changes
from server.practice.pauses import api as pauses
from server.practice.schemas import MOST_BYTES, ClientReport, Explanation, Push, Pushed, Streak, SupportView
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Ready, Reply

Which = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^(preparation|current|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z",
        description="`preparation`, `current`, or the id of the session an interval follows; default: all",
    ),
]

AsOf = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^\d{4}-\d\d-\d\d([Tt ][0-9:.]+([Zz]|[+-]\d\d:?\d\d))?\Z",
        description="What had happened by this instant, or by the end of this date (UTC); default: now",
    ),
]
KnownAt = Annotated[
    datetime | None, QueryParameter(description="What was known at this instant; default: what is known now")
]


@post(
    "/v1/me/outbox",
    operation_id="pushOutbox",
    status_code=200,
    request_max_body_size=MOST_BYTES,
    responses=problems(400, 401, 403, 410, 413),
    **allow("client"),
)
async def push_outbox(
    data: JSONBody[Push], phone: NamedDependency[Phone], request: Request[None, None, State]
) -> Pushed:
    """Deliver what the phone wrote; each item is answered, and sending it again changes nothing."""
    # No second dependency: Litestar resolves two in a group of tasks, which costs more than all else it does.
    return await outbox.take_in(phone, data, request.app.state.snapshot)


@get("/v1/me/streak", operation_id="readStreak", responses=problems(401, 403), **allow("client"))
async def read_streak(phone: NamedDependency[Phone]) -> Response[Streak]:
    """Read how the caller's practice stands."""
    return Reply[Any](Ready(await service.read_streak(phone)))


@get("/v1/me/streak/explain", operation_id="explainStreak", responses=problems(400, 401, 403), **allow("client"))
async def explain_streak(work: NamedDependency[Work], from_date: From = None, to_date: To = None) -> Explanation:
    """Read what each date counted as, and which rule decided."""
    return await service.explain_streak(work, from_date, to_date)


@get(
    "/v1/clients/{client_id:uuid}/report",
    operation_id="readClientReport",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_report(
    client_id: FromPath[UUID],
    work: NamedDependency[Work],
    interval: Which = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> ClientReport:
    """Read a client's practice between sessions, now or as it stood and was known earlier."""
    return await reports.read_report(work, client_id, interval, seen_at(work.now, as_of, known_at))


@get("/v1/support/view", operation_id="readSupportView", responses=problems(401, 403, 404), **allow("support"))
async def read_support_view(work: NamedDependency[Work]) -> SupportView:
    """Read what the client whom the caller supports shares with them now."""
    return await support_view.read_support_view(work)


HANDLERS: list[Any] = [
    push_outbox,
    read_streak,
    explain_streak,
    read_client_report,
    read_support_view,
    *changes.HANDLERS,
    *pauses.HANDLERS,
]
