"""The command after a restore."""

import rich_click as click

from server.accounts.epochs import begin_epochs
from server.cli.common import run
from server.cli.console import say, settings
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.states import Marker
from server.settings import Settings


@click.command("new-epoch")
def new_epoch() -> None:
    """Let a restored database be served: phones then pull anew and deliver again what it lacks."""
    run(_begin(settings()))
    say.print("Every client's scope has a new epoch. Phones pull anew, and deliver again what this database lacks.")


async def _begin(chosen: Settings) -> None:
    sessions = Sessions(create_engine(chosen.database_url))
    try:
        await require_current(sessions.engine)
        await begin_epochs(sessions, Marker(chosen.served_state))
    finally:
        await sessions.engine.dispose()


COMMANDS = (new_epoch,)
