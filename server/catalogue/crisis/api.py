from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from server.catalogue.api import Locale
from server.catalogue.crisis.answers import CrisisAnswers
from server.catalogue.crisis.schemas import CrisisCard, StopCard
from server.catalogue.search import DEFAULT_LOCALE
from server.web.policy import allow_everybody
from server.web.problems import problems

InCountry = Annotated[
    str,
    PathParameter(
        pattern=r"^[A-Z]{2}\Z",
        description="ISO 3166-1, two capital letters, as somebody chose it",
    ),
]


@get(
    "/v1/crisis/{country:str}",
    operation_id="readCrisisCard",
    summary="Whom to call in a country",
    tags=["crisis"],
    responses=problems(400),
    **allow_everybody(),
)
async def read_crisis_card(
    country: InCountry, crisis: NamedDependency[CrisisAnswers], locale: Locale = DEFAULT_LOCALE
) -> Response[CrisisCard]:
    """Read whom to call in a country, without signing in; nobody notes that the card was opened.

    A country without a card says so and shows no other's helpline.
    """
    return crisis.card(country, locale).reply()


@get(
    "/v1/stop-and-get-help",
    operation_id="readStopCard",
    summary="When to stop and get help",
    tags=["crisis"],
    responses=problems(400),
    **allow_everybody(),
)
async def read_stop_card(crisis: NamedDependency[CrisisAnswers], locale: Locale = DEFAULT_LOCALE) -> Response[StopCard]:
    """Read the list that is linked from every exercise: when to stop, and whom to call."""
    return crisis.stop_card(locale).reply()


routes: list[HTTPRouteHandler] = [read_crisis_card, read_stop_card]
