from typing import Any
from uuid import UUID

from litestar import delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.work import Work
from server.auth import invitations
from server.auth.door import Door
from server.auth.schemas import AcceptInvitation, Invitations, Invite, Joined, NewInvitation
from server.web.policy import allow, allow_everybody
from server.web.problems import problems


@post(
    "/v1/invitations",
    operation_id="inviteMember",
    responses=problems(400, 401, 403, 409),
    **allow("admin", step_up=True),
)
async def invite_member(data: JSONBody[Invite], work: NamedDependency[Work], state: State) -> NewInvitation:
    """Make a link by which somebody joins within 72 hours, to be handed over; no e-mail is sent."""
    return await invitations.invite(work, data, state.public_url)


@get("/v1/invitations", operation_id="listInvitations", responses=problems(401, 403), **allow("admin"))
async def list_invitations(work: NamedDependency[Work]) -> Invitations:
    """List every invitation, newest first."""
    return await invitations.list_invitations(work)


@delete(
    "/v1/invitations/{invitation_id:uuid}",
    operation_id="endInvitation",
    responses=problems(401, 403, 404),
    **allow("admin"),
)
async def end_invitation(invitation_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Take an invitation back."""
    await invitations.end_invitation(work, invitation_id)


@post(
    "/v1/auth/accept-invitation",
    operation_id="acceptInvitation",
    responses=problems(400, 401, 409),
    **allow_everybody(),
)
async def accept_invitation(data: JSONBody[AcceptInvitation], door: NamedDependency[Door]) -> Joined:
    """Join the clinic with a password of one's own, then sign in by it."""
    return await invitations.accept(door, data)


HANDLERS: list[Any] = [invite_member, list_invitations, end_invitation, accept_invitation]
