"""The command that holds kept streaks against the facts (`streaks.md` R18)."""

import sys
from uuid import UUID, uuid4

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository as accounts
from server.accounts.schemas import Access
from server.accounts.work import Work
from server.cli.common import run
from server.cli.console import say, settings
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.practice.streak import differs, keep_streak
from server.settings import Settings
from server.vault.keys import Keys, read_keys
from server.vault.service import Vault


@click.command("verify-streaks")
@click.option("--rebuild", "rebuilds", is_flag=True, help="Make anew what differs.")
def verify_streaks(*, rebuilds: bool) -> None:
    """Compute every client's streak from all facts and compare it with what is kept; exit 1 where one differs."""
    checked, different = run(_verify(settings(), rebuilds=rebuilds))
    say.print(f"{checked} streaks compared, {different} {'made anew' if rebuilds else 'differ'}.")
    sys.exit(1 if different and not rebuilds else 0)


async def _verify(chosen: Settings, *, rebuilds: bool) -> tuple[int, int]:
    sessions, keys = Sessions(create_engine(chosen.database_url)), read_keys(chosen)
    checked = different = 0
    try:
        await require_current(sessions.engine)
        for organisation, client in await _scopes(sessions):
            # One transaction for each: phones wait for one client's at most.
            async with unit_of_work(sessions, writes=True) as session:
                await enter(session, organisation)
                checked += 1
                different += await _differs(_as(session, keys, organisation, client), rebuilds=rebuilds)
    finally:
        await sessions.close()
    return checked, different


async def _scopes(sessions: Sessions) -> list[tuple[UUID, UUID]]:
    found = []
    async with unit_of_work(sessions, writes=False) as session:
        for organisation in await accounts.list_organisations(session):
            await enter(session, organisation)
            found += [(organisation, client) for client in await accounts.list_scopes(session, organisation)]
    return found


async def _differs(work: Work, *, rebuilds: bool) -> bool:
    different = await differs(work)
    if different and rebuilds:
        await keep_streak(work)
    return different


def _as(session: AsyncSession, keys: Keys, organisation: UUID, client: UUID) -> Work:
    """Work as the client would: whoever else reads a record is written into the audit."""
    access = Access(
        organisation=organisation, subject=client, role="client", sign_in=uuid4(), device=None, stepped_up_at=None
    )
    vault = Vault(session, keys)
    return Work(
        session=session,
        access=access,
        now=SystemClock().now(),
        keys=keys,
        vault=vault,
        action="groundwork verify-streaks",
    )


COMMANDS = (verify_streaks,)
