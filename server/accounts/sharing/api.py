from typing import Any
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.sharing import service, support
from server.accounts.sharing.schemas import AddConsent, Consent, Consents, SupportPersons
from server.accounts.work import Work
from server.web.policy import allow
from server.web.problems import problems


@get("/v1/me/consents", operation_id="listConsents", responses=problems(401, 403), **allow("client"))
async def list_consents(work: NamedDependency[Work]) -> Consents:
    """List what the caller shares and has shared. Whatever is not in it is shared with nobody."""
    return await service.list_consents(work)


@post("/v1/me/consents", operation_id="addConsent", responses=problems(400, 401, 403, 404), **allow("client"))
async def add_consent(data: JSONBody[AddConsent], work: NamedDependency[Work]) -> Consent:
    """Share something with the care team, or with one person in it."""
    return await service.add_consent(work, data)


@delete(
    "/v1/me/consents/{consent_id:uuid}",
    operation_id="revokeConsent",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def revoke_consent(consent_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """Stop sharing; the next request of whoever could read it finds it gone."""
    await service.revoke_consent(work, consent_id)


@get("/v1/me/support-persons", operation_id="listSupportPersons", responses=problems(401, 403), **allow("client"))
async def list_support_persons(work: NamedDependency[Work]) -> SupportPersons:
    """List who supports the caller, and what they see."""
    return await support.list_support_persons(work)


@delete(
    "/v1/me/support-persons/{support_person_id:uuid}",
    operation_id="endSupportPerson",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def end_support_person(support_person_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End somebody's support; their next request finds nothing."""
    await support.end_support_person(work, support_person_id)


HANDLERS: list[Any] = [list_consents, add_consent, revoke_consent, list_support_persons, end_support_person]
