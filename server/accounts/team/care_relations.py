"""Who cares for whom. A relation ends at the next request of whom it let in, and its line stays."""

from uuid import UUID

from msgspec import UNSET

from server.accounts import repository as accounts
from server.accounts.members import member_place
from server.accounts.models import CareRelationRow
from server.accounts.policy import access_client, note
from server.accounts.sharing import repository as sharing
from server.accounts.team import repository
from server.accounts.team.schemas import AddCarer, Carer, CareTeam, HandedOver, HandOver
from server.accounts.work import Work
from server.kit.errors import Conflict, NotFound


async def read_care_team(work: Work, client: UUID) -> CareTeam:
    """Return who cares and cared for a client.

    Raises:
        NotFound: the caller may not see this client.
    """
    await access_client(work, client)
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    lines = await repository.list_carers(work.session, work.access, client)
    return CareTeam(
        items=[
            Carer(
                member_id=member.id,
                name=key.open(member_place(organisation, member.id, "name"), member.name),
                role=member.role,
                since=relation.started_at,
                until=relation.ended_at or UNSET,
            )
            for relation, member in lines
        ]
    )


async def add_carer(work: Work, client: UUID, data: AddCarer) -> CareTeam:
    """Let a colleague care for a client of the caller's, beside the caller.

    Raises:
        NotFound: the client is not in the caller's care, or no such colleague may care for clients.
        Conflict: they do already.
    """
    await access_client(work, client)
    await accounts.lock_client(work.session, work.access, client)
    if await repository.find_colleague(work.session, work.access, data.member_id) is None:
        raise NotFound("There is no such member who cares for clients.")
    if await accounts.cares_for(work.session, work.access, data.member_id, client):
        raise Conflict("This member cares for the client already.", code="already_in_care")
    await _begin(work, data.member_id, client)
    note(work, client, about=data.member_id)
    return await read_care_team(work, client)


async def end_care(work: Work, client: UUID, member: UUID) -> None:
    """End a member's care for a client: the client any, a member their own.

    Raises:
        NotFound: the caller may not see the client, or the member does not care for them.
    """
    await access_client(work, client)
    if not await end_relations(work, member, client):
        raise NotFound("There is no such person in this care team.")
    note(work, client, about=member)


async def hand_over(work: Work, member: UUID, data: HandOver) -> HandedOver:
    """Let another member care for everybody in a member's care, in their place; nobody's name is told.

    Raises:
        NotFound: there is no such member, or the other may not care for clients.
        Conflict: both are the same.
    """
    if await repository.find_member(work.session, work.access, member) is None:
        raise NotFound("There is no such member.")
    if await repository.find_colleague(work.session, work.access, data.to_member_id) is None:
        raise NotFound("There is no such member who cares for clients.")
    if member == data.to_member_id:
        raise Conflict("A member cannot hand over to themselves.", code="same_member")
    clients = {*await end_relations(work, member, None)}
    known = {*await repository.lock_clients_of(work.session, work.access, data.to_member_id)}
    for client in clients - known:
        await _begin(work, data.to_member_id, client)
    note(work, *sorted(clients), about=data.to_member_id)
    return HandedOver(clients=len(clients))


async def end_relations(work: Work, member: UUID, client: UUID | None) -> list[UUID]:
    """End a member's care for a client, or, without one, for all, and return for whom.

    What was shared with this member by name ends, too: it must not begin again with care that begins again.
    """
    clients = sorted({*await repository.end_relations(work.session, work.access, member, client, work.now)})
    await sharing.revoke_all_to(work.session, work.access, member, clients, work.now)
    return clients


async def _begin(work: Work, member: UUID, client: UUID) -> None:
    row = CareRelationRow(
        organisation_id=work.access.organisation,
        member_id=member,
        client_id=client,
        started_at=work.now,
        ended_at=None,
    )
    # A relation that began and ended at this very instant goes on.
    await work.session.merge(row)
    await work.session.flush()
