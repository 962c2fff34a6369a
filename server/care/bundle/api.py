from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from server.accounts.errand import Phone
from server.catalogue.api import Locale
from server.catalogue.bundle.answers import Bundles
from server.catalogue.bundle.schemas import Bundle
from server.catalogue.search import DEFAULT_LOCALE
from server.web.policy import allow
from server.web.problems import problems

Since = Annotated[
    str | None,
    QueryParameter(
        max_length=3000, pattern=r"^[A-Za-z0-9_-]*\Z", description="`version` of the bundle that the phone has"
    ),
]


@get("/v1/bundle", operation_id="readBundle", responses=problems(400, 401, 403), **allow("client"))
async def read_bundle(
    phone: NamedDependency[Phone],
    bundles: NamedDependency[Bundles],
    locale: Locale = DEFAULT_LOCALE,
    since: Since = None,
) -> Response[Bundle]:
    """Read all that a phone needs to practise offline, or with `since` what has changed of it.

    It is the same for every client of a language: who asks is recognised, and nothing else is asked of the database.
    """
    await phone.glance()
    return (await bundles.read(locale, since)).reply()


HANDLERS: list[Any] = [read_bundle]
