from typing import Any
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.team import care_relations, service
from server.accounts.team.schemas import AddCarer, CareTeam, ChangeMember, HandedOver, HandOver, Member, Members
from server.accounts.work import Work
from server.web.policy import allow
from server.web.problems import problems


@get("/v1/me/care-team", operation_id="readOwnCareTeam", responses=problems(401, 403), **allow("client"))
async def read_own_care_team(work: NamedDependency[Work]) -> CareTeam:
    """Read who cares and cared for the caller."""
    return await care_relations.read_care_team(work, work.access.subject)


@delete(
    "/v1/me/care-team/{member_id:uuid}",
    operation_id="endOwnCare",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def end_own_care(member_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End somebody's care for the caller; their next request finds nothing."""
    await care_relations.end_care(work, work.access.subject, member_id)


@get(
    "/v1/clients/{client_id:uuid}/care-relations",
    operation_id="readCareTeam",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def read_care_team(client_id: FromPath[UUID], work: NamedDependency[Work]) -> CareTeam:
    """Read who cares and cared for a client."""
    return await care_relations.read_care_team(work, client_id)


@post(
    "/v1/clients/{client_id:uuid}/care-relations",
    operation_id="addCarer",
    responses=problems(400, 401, 403, 404, 409),
    **allow(*STAFF),
)
async def add_carer(client_id: FromPath[UUID], data: JSONBody[AddCarer], work: NamedDependency[Work]) -> CareTeam:
    """Let a colleague care for a client, too."""
    return await care_relations.add_carer(work, client_id, data)


@delete(
    "/v1/clients/{client_id:uuid}/care-relations/mine",
    operation_id="endCare",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def end_care(client_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End the caller's own care for a client."""
    await care_relations.end_care(work, client_id, work.access.subject)


@post(
    "/v1/members/{member_id:uuid}/handover",
    operation_id="handOverClients",
    status_code=200,
    responses=problems(400, 401, 403, 404, 409),
    **allow("admin", step_up=True),
)
async def hand_over(member_id: FromPath[UUID], data: JSONBody[HandOver], work: NamedDependency[Work]) -> HandedOver:
    """Hand all clients of a member over to another."""
    return await care_relations.hand_over(work, member_id, data)


@get("/v1/members", operation_id="listMembers", responses=problems(401, 403), **allow(*STAFF))
async def list_members(work: NamedDependency[Work]) -> Members:
    """List who works at the clinic."""
    return await service.list_members(work)


@patch(
    "/v1/members/{member_id:uuid}",
    operation_id="changeMember",
    responses=problems(400, 401, 403, 404, 409),
    **allow("admin", step_up=True),
)
async def change_member(member_id: FromPath[UUID], data: JSONBody[ChangeMember], work: NamedDependency[Work]) -> Member:
    """Give a member another role, from their next request on."""
    return await service.change_member(work, member_id, data)


@delete(
    "/v1/members/{member_id:uuid}",
    operation_id="endMember",
    responses=problems(401, 403, 404, 409),
    **allow("admin", step_up=True),
)
async def end_member(member_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End a member: signed out and out of every care team at their next request."""
    await service.end_member(work, member_id)


HANDLERS: list[Any] = [
    list_members,
    change_member,
    end_member,
    read_own_care_team,
    end_own_care,
    read_care_team,
    add_carer,
    end_care,
    hand_over,
]
