from typing import Any

from litestar import Response, delete, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from server.auth.door import Caller
from server.privacy import erasure, service
from server.privacy.ledger import Ledger
from server.web.policy import allow
from server.web.problems import problems
from server.web.reply import Reply

ZIP = "application/zip"


@get(
    "/v1/me/export",
    operation_id="exportMe",
    responses=problems(401, 403, 410),
    media_type=ZIP,
    **allow("client", step_up=True),
)
async def export_me(caller: NamedDependency[Caller]) -> Response[bytes]:
    """Take along everything there is about the caller, as a zip that another server can take in."""
    packed = await service.export_own(caller)
    return Reply(packed, media_type=ZIP, headers={"Content-Disposition": 'attachment; filename="groundwork.zip"'})


@delete("/v1/me", operation_id="eraseMe", responses=problems(401, 403, 410, 503), **allow("client", step_up=True))
async def erase_me(caller: NamedDependency[Caller], ledger: NamedDependency[Ledger]) -> None:
    """Erase the caller and everything there is about them, for good."""
    await erasure.erase_own(caller, ledger)


async def read_ledger(state: State) -> Ledger:
    """Return the erasure ledger of this server."""
    ledger: Ledger = state.ledger
    return ledger


DEPENDENCIES = {"ledger": Provide(read_ledger)}

HANDLERS: list[Any] = [export_me, erase_me]
