"""Ways in for a phone: a client's, or that of somebody who supports them."""

from typing import Any
from uuid import UUID

from litestar import delete, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.sharing.schemas import AddSupportPerson
from server.accounts.sharing.support import add_support_person
from server.accounts.work import Visit, Work
from server.auth import pairing
from server.auth.pairing import Holder, holder_in_care, supporting_holder
from server.auth.schemas import NewSupportPerson, Pair, PairingCode, PairingLink, Tokens
from server.web.policy import allow, allow_everybody
from server.web.problems import problems


@post("/v1/auth/pair", operation_id="pairPhone", responses=problems(400, 401, 429), **allow_everybody())
async def pair_phone(data: JSONBody[Pair], visit: NamedDependency[Visit]) -> Tokens:
    """Pair a phone by a code that was read out, or by the secret of a link."""
    return await pairing.pair(visit, data)


@post(
    "/v1/clients/{client_id:uuid}/pairing-codes",
    operation_id="makePairingCode",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def make_pairing_code(client_id: FromPath[UUID], work: NamedDependency[Work]) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes; it takes the place of the last code or link."""
    return await pairing.make_code(work, await holder_in_care(work, client_id))


@post(
    "/v1/clients/{client_id:uuid}/pairing-links",
    operation_id="makePairingLink",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def make_pairing_link(client_id: FromPath[UUID], work: NamedDependency[Work], state: State) -> PairingLink:
    """Make a link that pairs one phone within 72 hours; it takes the place of the last code or link."""
    return await pairing.make_link(work, await holder_in_care(work, client_id), state.public_url)


@delete(
    "/v1/clients/{client_id:uuid}/pairing-links",
    operation_id="endPairingLinks",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def end_pairing_links(client_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Take back whatever code or link of a client was not used yet."""
    await pairing.end_pairings(work, await holder_in_care(work, client_id))


@post(
    "/v1/me/support-persons",
    operation_id="addSupportPerson",
    responses=problems(400, 401, 403),
    **allow("client"),
)
async def add_supporter(
    data: JSONBody[AddSupportPerson], work: NamedDependency[Work], state: State
) -> NewSupportPerson:
    """Let somebody see what is named; the link, handed over, pairs their phone."""
    person = await add_support_person(work, data)
    holder = Holder(client=work.access.subject, support_person=person.id)
    return NewSupportPerson(support_person=person, pairing_link=await pairing.make_link(work, holder, state.public_url))


@post(
    "/v1/me/support-persons/{support_person_id:uuid}/pairing-codes",
    operation_id="makeSupportCode",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def make_support_code(support_person_id: FromPath[UUID], work: NamedDependency[Work]) -> PairingCode:
    """Make a code that pairs the phone of somebody who supports the caller."""
    return await pairing.make_code(work, await supporting_holder(work, support_person_id))


@post(
    "/v1/me/support-persons/{support_person_id:uuid}/pairing-links",
    operation_id="makeSupportLink",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def make_support_link(
    support_person_id: FromPath[UUID], work: NamedDependency[Work], state: State
) -> PairingLink:
    """Make a link that pairs the phone of somebody who supports the caller."""
    return await pairing.make_link(work, await supporting_holder(work, support_person_id), state.public_url)


HANDLERS: list[Any] = [
    pair_phone,
    make_pairing_code,
    make_pairing_link,
    end_pairing_links,
    add_supporter,
    make_support_code,
    make_support_link,
]
