"""Commands about people's data."""

from datetime import datetime
from uuid import UUID

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from server.accounts import repository as accounts
from server.accounts.members import add_member
from server.accounts.organisations import add_organisation
from server.accounts.schemas import MemberRole
from server.auth.credentials import set_password
from server.cli.common import CommandError, run
from server.cli.console import say, settings
from server.cli.keys import make_first_keys
from server.db.engine import Sessions, create_engine
from server.db.roles import require_bounded, role_of
from server.db.schema import is_current, require_current
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.settings import Settings
from server.vault.keys import Keys, read_keys

EMAIL = click.option("--email", prompt="E-mail")
NAME = click.option("--name", prompt="Name")
PASSWORD = click.option(
    "--password", prompt="Password, 15 characters or more", hide_input=True, confirmation_prompt=True
)
ORGANISATION = click.option("--organisation", default="clinic", show_default=True, help="The clinic's handle.")


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    run(migrate_database(settings()))
    say.print("The database has the newest schema.")


@click.command()
@EMAIL
@NAME
@PASSWORD
@ORGANISATION
def create_admin(email: str, name: str, password: str, organisation: str) -> None:
    """Add an admin, and the clinic itself when it is new."""
    run(_create_member("admin", email, name, password, organisation))
    say.print("Added. Sign in with POST /v1/auth/sign-in.")


@click.command()
@EMAIL
@NAME
@PASSWORD
@ORGANISATION
def create_therapist(email: str, name: str, password: str, organisation: str) -> None:
    """Add a therapist to a clinic."""
    run(_create_member("therapist", email, name, password, organisation))
    say.print("Added. Sign in with POST /v1/auth/sign-in.")


async def migrate_database(chosen: Settings) -> None:
    """Bring the database to the newest schema; SQLite's folder is made when it is missing."""
    # People's data: nobody else on the machine may enter.
    chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(chosen.database_url)
    try:
        if engine.dialect.name == "postgresql":
            await _migrate_as_owner(chosen, engine)
        elif not await is_current(engine):
            await _to_newest(engine)
        await make_first_keys(chosen, Sessions(engine))
    finally:
        await engine.dispose()


async def _migrate_as_owner(chosen: Settings, app: AsyncEngine) -> None:
    if not chosen.owner_database_url:
        raise CommandError("With PostgreSQL, `migrate` needs GROUNDWORK_OWNER_DATABASE_URL: the database's owner.")
    await require_bounded(app)
    role, owner = await role_of(app), create_engine(chosen.owner_database_url)
    try:
        if role == await role_of(owner):
            raise CommandError("DATABASE_URL and GROUNDWORK_OWNER_DATABASE_URL must name two roles.")
        await _to_newest(owner, role)
    finally:
        await owner.dispose()


async def _to_newest(engine: AsyncEngine, app_role: str | None = None) -> None:
    # Alembic takes as long to import as everything else, and SQLite seldom needs it.
    from server.db.migrate import migrate as to_newest  # noqa: PLC0415

    await to_newest(engine, app_role)


async def _create_member(role: MemberRole, email: str, name: str, password: str, handle: str) -> None:
    chosen = settings()
    engine = create_engine(chosen.database_url)
    try:
        await require_current(engine)
        keys, now = read_keys(chosen), SystemClock().now()
        async with unit_of_work(Sessions(engine), writes=True) as session:
            clinic = await _clinic(session, keys, handle, now, founds=role == "admin")
            member = await add_member(session, keys, clinic, role, email, name, now)
            await set_password(session, clinic, member, password, now, (email, name, handle))
    finally:
        await engine.dispose()


async def _clinic(session: AsyncSession, keys: Keys, handle: str, now: datetime, *, founds: bool) -> UUID:
    """Enter the clinic of a handle, and found it first where that is allowed."""
    found = await accounts.find_organisations(session, handle)
    if not found and not founds:
        raise CommandError("There is no clinic with this handle. Its admin comes first.")
    clinic = found[0].id if found else await add_organisation(session, keys, handle, handle, demo=False, now=now)
    await enter(session, clinic)
    return clinic


COMMANDS = (migrate, create_admin, create_therapist)
