from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care import sets
from server.care.schemas import ChangePracticeSet, NewPracticeSet, PracticeSet, PracticeSets
from server.catalogue.answers import Answers
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply

Version = Annotated[int | None, QueryParameter(ge=1, le=1_000_000, description="Default: the newest")]


@get("/v1/practice-sets", operation_id="listPracticeSets", responses=problems(401, 403), **allow(*STAFF))
async def list_sets(work: NamedDependency[Work]) -> PracticeSets:
    """List the clinic's practice sets, without those that are retired."""
    return await sets.list_sets(work)


@post("/v1/practice-sets", operation_id="addPracticeSet", responses=problems(400, 401, 403), **allow(*STAFF))
async def add_set(
    data: JSONBody[NewPracticeSet], work: NamedDependency[Work], answers: NamedDependency[Answers]
) -> Response[PracticeSet]:
    """Make a practice set. The ETag names its version."""
    return _versioned(await sets.add_set(work, data, answers.snapshot))


@get(
    "/v1/practice-sets/{set_id:uuid}",
    operation_id="readPracticeSet",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_set(
    set_id: FromPath[UUID], work: NamedDependency[Work], version: Version = None
) -> Response[PracticeSet]:
    """Read a version of a practice set, the newest by default. The ETag names the version."""
    return _versioned(await sets.read_set(work, set_id, version))


@patch(
    "/v1/practice-sets/{set_id:uuid}",
    operation_id="changePracticeSet",
    responses=problems(400, 401, 403, 404, 412, 428),
    **allow(*STAFF),
)
async def change_set(
    set_id: FromPath[UUID],
    data: JSONBody[ChangePracticeSet],
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    if_match: IfMatch = None,
) -> Response[PracticeSet]:
    """Make the next version of a practice set, or retire it; whoever has one keeps it as it is."""
    return _versioned(await sets.change_set(work, set_id, data, if_match, answers.snapshot))


def _versioned(practice_set: PracticeSet) -> Response[PracticeSet]:
    return Reply(practice_set, headers={"ETag": revision_etag(practice_set.version)})


HANDLERS: list[Any] = [list_sets, add_set, read_set, change_set]
