from typing import Annotated, Any

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from server.accounts.crisis import service
from server.accounts.crisis.schemas import ClinicCrisis, ConfirmCard, OwnCrisis, SetCrisisLine
from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.catalogue.crisis.answers import CrisisAnswers
from server.catalogue.crisis.api import InCountry
from server.web.policy import allow
from server.web.problems import problems

Chosen = Annotated[
    str | None,
    QueryParameter(pattern=r"^[A-Z]{2}\Z", description="ISO 3166-1, as the caller chose it; default: their clinic's"),
]


@get("/v1/me/crisis", operation_id="readOwnCrisis", responses=problems(400, 401, 403), **allow("client"))
async def read_own_crisis(
    work: NamedDependency[Work], crisis: NamedDependency[CrisisAnswers], country: Chosen = None
) -> OwnCrisis:
    """Read whom the caller can call: their clinic's own line first, then the card of a country."""
    return await service.read_own_crisis(work, crisis.content, country)


@get("/v1/organisation/crisis", operation_id="readClinicCrisis", responses=problems(401, 403), **allow(*STAFF))
async def read_clinic_crisis(work: NamedDependency[Work], crisis: NamedDependency[CrisisAnswers]) -> ClinicCrisis:
    """Read what clients of the clinic are shown in need, and what somebody should see to."""
    return await service.read_clinic_crisis(work, crisis.content)


@put(
    "/v1/organisation/crisis-line",
    operation_id="setCrisisLine",
    responses=problems(400, 401, 403),
    **allow("admin", step_up=True),
)
async def set_crisis_line(
    data: JSONBody[SetCrisisLine], work: NamedDependency[Work], crisis: NamedDependency[CrisisAnswers]
) -> ClinicCrisis:
    """Set the clinic's own line, which stands above all others, and its country."""
    return await service.set_line(work, crisis.content, data)


@put(
    "/v1/organisation/crisis-cards/{country:str}/confirmation",
    operation_id="confirmCrisisCard",
    responses=problems(400, 401, 403, 404, 409),
    **allow("admin", step_up=True),
)
async def confirm_crisis_card(
    country: InCountry,
    data: JSONBody[ConfirmCard],
    work: NamedDependency[Work],
    crisis: NamedDependency[CrisisAnswers],
) -> ClinicCrisis:
    """Confirm every number of a country's card, as it is in this version."""
    return await service.confirm_card(work, crisis.content, country, data)


HANDLERS: list[Any] = [read_own_crisis, read_clinic_crisis, set_crisis_line, confirm_crisis_card]
