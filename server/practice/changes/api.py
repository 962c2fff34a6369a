from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from server.accounts.errand import Phone
from server.practice.changes import service
from server.practice.changes.cursor import MOST_CHARACTERS
from server.practice.changes.schemas import Changes
from server.practice.changes.service import MOST_ROWS
from server.web.policy import allow
from server.web.problems import problems

Since = Annotated[
    str | None,
    QueryParameter(max_length=MOST_CHARACTERS, description="`cursor` of the last answer; default: from the beginning"),
]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ROWS, description="How many at most")]


@get("/v1/me/changes", operation_id="readChanges", responses=problems(400, 401, 403, 410), **allow("client"))
async def read_changes(phone: NamedDependency[Phone], since: Since = None, limit: Limit = 200) -> Changes:
    """Read what was written since a cursor; on 410 `sync_reset` begin again without one (docs/sync.md)."""
    return await service.read_changes(phone, since, limit)


HANDLERS: list[Any] = [read_changes]
