from typing import Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care import assignments, changes, preview
from server.care.findings import AssignmentPreview, PreviewAssignment
from server.care.schemas import Assignment, Assignments, ChangeAssignment, MoveAssignment, NewAssignment
from server.catalogue.answers import Answers
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply


@get(
    "/v1/clients/{client_id:uuid}/assignments",
    operation_id="listAssignments",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def list_assignments(
    client_id: FromPath[UUID], work: NamedDependency[Work], answers: NamedDependency[Answers]
) -> Assignments:
    """List a client's assignments, oldest first."""
    return await assignments.list_assignments(work, client_id, answers.snapshot.graveyard)


@post(
    "/v1/clients/{client_id:uuid}/assignments",
    operation_id="assignPracticeSet",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def assign_set(
    client_id: FromPath[UUID], data: JSONBody[NewAssignment], work: NamedDependency[Work]
) -> Response[Assignment]:
    """Give a practice set to a client. The ETag names the revision of the assignment."""
    return _revised(await assignments.assign_set(work, client_id, data))


@post(
    "/v1/clients/{client_id:uuid}/assignments:preview",
    operation_id="previewAssignment",
    status_code=200,
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def preview_assignment(
    client_id: FromPath[UUID],
    data: JSONBody[PreviewAssignment],
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
) -> AssignmentPreview:
    """See four weeks of what a set would offer a client, and what there is to know about it; nothing is saved."""
    return await preview.preview_assignment(work, client_id, data, answers.snapshot)


@patch(
    "/v1/clients/{client_id:uuid}/assignments/{assignment_id:uuid}",
    operation_id="changeAssignment",
    responses=problems(400, 401, 403, 404, 409, 412, 428),
    **allow(*STAFF),
)
async def change_assignment(
    client_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    data: JSONBody[ChangeAssignment],
    work: NamedDependency[Work],
    if_match: IfMatch = None,
) -> Response[Assignment]:
    """End an assignment, set it aside, let it go on, or write the client a note about it."""
    return _revised(await changes.change_assignment(work, client_id, assignment_id, data, if_match))


@post(
    "/v1/clients/{client_id:uuid}/assignments/{assignment_id:uuid}/move",
    operation_id="moveAssignment",
    responses=problems(400, 401, 403, 404, 409, 412, 428),
    **allow(*STAFF),
)
async def move_assignment(
    client_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    data: JSONBody[MoveAssignment],
    work: NamedDependency[Work],
    if_match: IfMatch = None,
) -> Response[Assignment]:
    """Move a client to a newer version of a set: this assignment ends, and the one that is answered begins."""
    return _revised(await changes.move_assignment(work, client_id, assignment_id, data, if_match))


def _revised(assignment: Assignment) -> Response[Assignment]:
    return Reply(assignment, headers={"ETag": revision_etag(assignment.revision)})


HANDLERS: list[Any] = [list_assignments, assign_set, preview_assignment, change_assignment, move_assignment]
