from typing import Any
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care.flags import service
from server.care.flags.schemas import ClientFlags, ClientSuitability, OwnFlags, OwnSuitability, SetFlags
from server.catalogue.answers import Answers
from server.catalogue.api import Locale
from server.catalogue.search import DEFAULT_LOCALE
from server.catalogue.suitability.decide import Suitability
from server.web.etags import IfMatch, revision_etag
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply

FLAGS = "/v1/clients/{client_id:uuid}/flags"


@get(FLAGS, operation_id="readClientFlags", responses=problems(401, 403, 404), **allow(*STAFF))
async def read_client_flags(
    client_id: FromPath[UUID], work: NamedDependency[Work], suitability: NamedDependency[Suitability]
) -> Response[ClientFlags]:
    """Read what the clinic knows of a client. The ETag names its revision."""
    return _revised(await service.read_flags(work, suitability, client_id))


@put(FLAGS, operation_id="setClientFlags", responses=problems(400, 401, 403, 404, 410, 412, 428), **allow(*STAFF))
async def set_client_flags(
    client_id: FromPath[UUID],
    data: JSONBody[SetFlags],
    work: NamedDependency[Work],
    suitability: NamedDependency[Suitability],
    if_match: IfMatch = None,
) -> Response[ClientFlags]:
    """Set what the clinic knows of a client, with dates rather than flags where a flag follows from one."""
    return _revised(await service.set_flags(work, suitability, client_id, data, if_match))


@get(
    "/v1/clients/{client_id:uuid}/suitability",
    operation_id="readClientSuitability",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_suitability(
    client_id: FromPath[UUID],
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    locale: Locale = DEFAULT_LOCALE,
) -> ClientSuitability:
    """Read what suits a client at this moment, in the words of a language, and the rules that decided."""
    return await service.read_suitability(work, answers.snapshot, client_id, locale)


@get("/v1/me/flags", operation_id="readMyFlags", responses=problems(401, 403), **allow("client"))
async def read_my_flags(work: NamedDependency[Work], suitability: NamedDependency[Suitability]) -> OwnFlags:
    """Read what the clinic has noted of the caller."""
    return await service.read_own_flags(work, suitability)


@get("/v1/me/suitability", operation_id="readMySuitability", responses=problems(400, 401, 403), **allow("client"))
async def read_my_suitability(
    work: NamedDependency[Work], answers: NamedDependency[Answers], locale: Locale = DEFAULT_LOCALE
) -> OwnSuitability:
    """Read what suits the caller at this moment, in the words of a language. A phone decides the same by itself."""
    return await service.read_own_suitability(work, answers.snapshot, locale)


def _revised(flags: ClientFlags) -> Response[ClientFlags]:
    return Reply(flags, headers={"ETag": revision_etag(flags.revision)})


HANDLERS: list[Any] = [
    read_client_flags,
    set_client_flags,
    read_client_suitability,
    read_my_flags,
    read_my_suitability,
]
