from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care.schemas import PracticeSet
from server.care.starter import service
from server.care.starter.answers import StarterAnswers
from server.care.starter.schemas import AdoptStarterSet, StarterSet, StarterSets
from server.catalogue.api import Locale
from server.catalogue.search import DEFAULT_LOCALE
from server.web.policy import allow
from server.web.problems import problems


@get("/v1/starter-sets", operation_id="listStarterSets", responses=problems(400, 401, 403), **allow(*STAFF))
async def list_starter_sets(
    work: NamedDependency[Work],  # noqa: ARG001 - asks who is there
    starters: NamedDependency[StarterAnswers],
    locale: Locale = DEFAULT_LOCALE,
) -> Response[StarterSets]:
    """List the starter sets: small plans for common situations, to take over and change."""
    return starters.list(locale).reply()


@get(
    "/v1/starter-sets/{slug:str}",
    operation_id="readStarterSet",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_starter_set(
    slug: FromPath[str],
    work: NamedDependency[Work],  # noqa: ARG001 - asks who is there
    starters: NamedDependency[StarterAnswers],
    locale: Locale = DEFAULT_LOCALE,
) -> Response[StarterSet]:
    """Read one starter set: why, and what it offers on which days."""
    return starters.read(slug, locale).reply()


@post(
    "/v1/practice-sets:adopt",
    operation_id="adoptStarterSet",
    responses=problems(400, 401, 403),
    **allow(*STAFF),
)
async def adopt_starter_set(
    data: JSONBody[AdoptStarterSet], work: NamedDependency[Work], starters: NamedDependency[StarterAnswers]
) -> PracticeSet:
    """Make a practice set of the clinic out of a starter set; it is changed and assigned like any other."""
    return await service.adopt(work, data, starters.snapshot)


HANDLERS: list[Any] = [list_starter_sets, read_starter_set, adopt_starter_set]
