"""Commands that serve, and those that ask a server how it is."""

import http.client
import resource
from contextlib import closing, suppress
from typing import Final

import rich_click as click
import uvicorn

from server import demo as demos
from server.accounts import repository as accounts
from server.app import create_app
from server.catalogue.snapshot import ContentError
from server.cli.common import CommandError, run
from server.cli.console import say, settings, stop
from server.cli.data import migrate_database
from server.db.engine import Sessions, create_engine
from server.db.roles import require_bounded
from server.db.schema import require_current
from server.db.states import Marker, require_newest
from server.db.unit import unit_of_work
from server.privacy.ledger import Ledger
from server.settings import Settings
from server.vault.keys import read_keys
from server.web.kit import UVICORN_OPTIONS
from server.web.logs import configure_logging

# Systems that set no bound at all would have Python walk through millions of numbers.
MOST_FILES: Final = 65_536


@click.command()
@click.option("--migrate", "migrates", is_flag=True, help="Bring the database to the newest schema first.")
def serve(*, migrates: bool) -> None:
    """Serve the API. Never makes a clinic, and refuses demo data."""
    chosen = settings()
    if migrates:
        run(migrate_database(chosen))
    run(_refuse_what_cannot_be_served(chosen))
    _serve(chosen)


@click.command()
@click.option("--serve", "serves", is_flag=True, help="Serve the clinic afterwards.")
@click.option("--port", default=None, help="The port to serve on.")
def demo(*, serves: bool, port: str | None) -> None:
    """Fill a demo clinic of its own under the data folder, and print how to sign in."""
    usual = settings(**({"port": port} if port else {}))
    folder = usual.data / "demo"
    chosen = settings(
        data=str(folder), database_url=str(folder / "groundwork.db"), audio=str(usual.audio), port=str(usual.port)
    )
    run(migrate_database(chosen))
    run(_fill(chosen))
    if serves:
        _serve(chosen)


@click.command()
def healthcheck() -> None:
    """Ask the server on this machine whether it is ready; ends with 1 when it is not."""
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", settings().port, timeout=3)) as connection:
            connection.request("GET", "/readyz")
            status = connection.getresponse().status
    except OSError:
        stop("The server does not answer.")
    if status != http.client.OK:
        stop("The server is not ready.")
    say.print("ready")


async def _fill(chosen: Settings) -> None:
    sessions = Sessions(create_engine(chosen.database_url))
    welcome = await demos.fill(sessions, read_keys(chosen), chosen.content)
    await sessions.engine.dispose()
    say.print(f"\nDemo clinic, invented people, on http://{chosen.host}:{chosen.port} (docs at /docs)", markup=False)
    say.print(f"  therapist: {welcome.email} / {welcome.password}", markup=False)
    for name, code in welcome.codes:
        say.print(f"  pair {name}'s phone: {code} (15 minutes, once)", markup=False)


async def _refuse_what_cannot_be_served(chosen: Settings) -> None:
    list(Ledger(chosen.erasures).read())
    sessions = Sessions(create_engine(chosen.database_url))
    try:
        await require_bounded(sessions.engine)
        await require_current(sessions.engine)
        await require_newest(sessions.engine, Marker(chosen.served_state))
        async with unit_of_work(sessions, writes=False) as session:
            if await accounts.has_demo(session):
                raise CommandError(
                    "This database holds a demo clinic, and its passwords are known. `make run` serves it."
                )
    finally:
        await sessions.engine.dispose()


def _allow_many_files() -> None:
    """Allow this process what the system lets it: each caller takes an open file, and one for what they read."""
    most, hard = MOST_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _serve(chosen: Settings) -> None:
    _allow_many_files()
    configure_logging(chosen.log_level, chosen.log_format)
    try:
        app = create_app(chosen, ahead=True)
    except ContentError as error:
        stop(*(str(finding) for finding in error.findings))
    uvicorn.run(app, host=chosen.host, port=chosen.port, **UVICORN_OPTIONS)


COMMANDS = (serve, demo, healthcheck)
