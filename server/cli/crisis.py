"""The command that tells an operator which crisis cards nobody has looked at."""

import sys
from datetime import date

import rich_click as click

from server.accounts.crisis import repository
from server.accounts.crisis.service import warnings_of
from server.catalogue.crisis.age import crisis_warnings
from server.catalogue.crisis.loader import load_crisis
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.snapshot import ContentError
from server.cli.common import run
from server.cli.console import say, settings, stop
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.settings import Settings


@click.command()
def crisis() -> None:
    """Say what is to be seen to about crisis cards and clinics' own lines; exit 1 while there is anything."""
    chosen, today = settings(), SystemClock().now().date()
    try:
        content = load_crisis(chosen.content)
    except ContentError as error:
        stop(*(str(finding) for finding in error.findings))
    for country, card in sorted(content.cards.items()):
        say.print(f"{country}: {len(card.entries)} entries, documented {_ago(card.documented_on, today)}", markup=False)
    warnings = [*crisis_warnings(content, today), *run(_of_clinics(chosen, content))]
    for warning in warnings:
        say.print(warning, markup=False)
    say.print(f"{len(warnings)} warnings.")
    sys.exit(1 if warnings else 0)


def _ago(day: date, today: date) -> str:
    return f"{day} ({(today - day).days} days ago)"


async def _of_clinics(chosen: Settings, content: CrisisContent) -> list[str]:
    sessions, found = Sessions(create_engine(chosen.database_url)), []
    try:
        await require_current(sessions.engine)
        async with unit_of_work(sessions, writes=False) as session:
            for organisation, handle in await repository.list_handles(session):
                await enter(session, organisation)
                line = await repository.find_line(session, organisation)
                confirmations = await repository.list_confirmations(session, organisation)
                warnings = warnings_of(line.country if line else None, confirmations, content)
                found += [f"{handle}: {each}" for each in warnings]
    finally:
        await sessions.close()
    return found


COMMANDS = (crisis,)
