"""Commands about a clinic's own provider of sign-ins."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository as accounts
from server.auth.oidc.configure import remove_provider, set_provider
from server.auth.oidc.schemas import Provider
from server.auth.oidc.service import CALLBACK
from server.cli.common import CommandError, run
from server.cli.console import say, settings
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.settings import Settings
from server.vault.keys import read_keys

ORGANISATION = click.option("--organisation", required=True, help="The clinic's handle.")


@click.group()
def oidc() -> None:
    """Let a clinic's own provider sign its members in."""


@oidc.command("set")
@ORGANISATION
@click.option("--issuer", required=True, help="The provider's issuer, exactly as it calls itself: an https:// URL.")
@click.option("--client-id", required=True, help="What the provider calls this server.")
@click.option("--only", is_flag=True, help="Members sign in by the provider and in no other way.")
def set_(organisation: str, issuer: str, client_id: str, *, only: bool) -> None:
    """Set the provider; the client secret is asked for, or read from standard input."""
    secret = click.prompt("Client secret", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    chosen = settings()
    run(_set(chosen, organisation, issuer, client_id, secret, only=only))
    say.print(f"Set. Register this address with the provider: {chosen.public_url}{CALLBACK}", markup=False)


@oidc.command()
@ORGANISATION
def remove(organisation: str) -> None:
    """Forget the provider, and who the members are there; they sign in as before."""
    run(_remove(settings(), organisation))
    say.print("Removed.")


async def _set(chosen: Settings, handle: str, issuer: str, client_id: str, secret: str, *, only: bool) -> None:
    async with _clinic(chosen, handle) as (session, organisation):
        provider = Provider(organisation=organisation, issuer=issuer, client_id=client_id, client_secret=secret)
        await set_provider(session, read_keys(chosen), provider, only=only, now=SystemClock().now())


async def _remove(chosen: Settings, handle: str) -> None:
    async with _clinic(chosen, handle) as (session, organisation):
        await remove_provider(session, read_keys(chosen), organisation, SystemClock().now())


@asynccontextmanager
async def _clinic(chosen: Settings, handle: str) -> AsyncIterator[tuple[AsyncSession, UUID]]:
    sessions = Sessions(create_engine(chosen.database_url))
    try:
        await require_current(sessions.engine)
        async with unit_of_work(sessions, writes=True) as session:
            found = await accounts.find_organisations(session, handle)
            if not found:
                raise CommandError("There is no clinic with this handle.")
            await enter(session, found[0].id)
            yield session, found[0].id
    finally:
        await sessions.engine.dispose()


COMMANDS = (oidc,)
