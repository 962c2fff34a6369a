"""Commands about the keys that people's texts are sealed under. None of them ever prints a key."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

import rich_click as click

from server.accounts import repository as accounts
from server.cli.common import CommandError, run
from server.cli.console import say, settings
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.unit import unit_of_work
from server.settings import Settings
from server.vault.keyfile import change_key_file, make_key_file, with_next_version, without_version
from server.vault.keys import SETTING, KeyLost, read_key_list, read_keys
from server.vault.rotation import is_in_use, rewrap_all
from server.vault.sealing import SealBroken

PATH = click.Path(path_type=Path, dir_okay=False)


@click.group()
def keys() -> None:
    """Make, rotate and retire the keys that people's texts are sealed under."""


@keys.command()
@click.argument("file", type=PATH)
def make(file: Path) -> None:
    """Write new keys into a file that is not there yet, readable for you alone."""
    run(_make(file))


@keys.command()
@click.option("--into", type=PATH, help="A new file for the longer list; needed when the keys are in the environment.")
def rotate(into: Path | None) -> None:
    """Add a version, which wraps from now on; the older ones stay."""
    run(_rotate(settings(), into))


@keys.command()
def rewrap() -> None:
    """Wrap every data key with the newest version. Servers go on working; it may be stopped and run again."""
    run(_rewrap(settings()))


@keys.command()
@click.argument("version", type=click.IntRange(min=1))
@click.confirmation_option(
    prompt="Backups of the database from before `groundwork keys rewrap` can then never be read again. Go on?"
)
def retire(version: int) -> None:
    """Let go of a version that wraps nothing any more: what it wrapped in old backups is erased for good."""
    run(_retire(settings(), version))


async def make_first_keys(chosen: Settings, sessions: Sessions) -> None:
    """Make the key file of a new SQLite database.

    Raises:
        CommandError: the file is gone, but there is a clinic whose texts need it.
    """
    file = chosen.keys_file
    if file != chosen.data / "keys" or file.exists():
        return
    async with unit_of_work(sessions, writes=True) as session:
        if await accounts.list_organisations(session):
            raise CommandError(f"The keys of this database are gone. Put the file back: {file}.")
        with _writing():
            make_key_file(file)


async def _make(file: Path) -> None:
    with _writing():
        make_key_file(file)
    say.print("Made. Keep a copy apart from the database and its backups: without the keys nobody can read them.")


async def _rotate(chosen: Settings, into: Path | None) -> None:
    with _writing():
        if into:
            listed = with_next_version(read_key_list(chosen))
            make_key_file(into, listed)
        elif chosen.keys_file:
            listed = change_key_file(chosen.keys_file, f"{SETTING}_FILE", with_next_version)
        else:
            raise CommandError(f"No command can change {SETTING} in the environment. Name a new file: --into FILE.")
    say.print(f"There is a version {max(listed.versions)}. Once every server has it: `groundwork keys rewrap`.")


async def _rewrap(chosen: Settings) -> None:
    local = read_keys(chosen)
    async with _opened(chosen) as (sessions, clinics):
        try:
            done = await rewrap_all(sessions, local, clinics)
        except (KeyLost, SealBroken) as error:
            raise CommandError(f"{error} It stays as it was; some others are wrapped anew.") from error
    say.print(f"Wrapped {done} keys anew with version {local.newest}. Make a new backup now.")


async def _retire(chosen: Settings, version: int) -> None:
    listed = read_key_list(chosen)
    if version not in listed.versions:
        raise CommandError("There is no such version.")
    if version == max(listed.versions):
        raise CommandError("This version is the newest. Run `groundwork keys rotate` first.")
    async with _opened(chosen) as (sessions, clinics), unit_of_work(sessions, writes=True) as session:
        if await is_in_use(session, version, clinics):
            raise CommandError("This version still wraps keys. Run `groundwork keys rewrap` first.")
        # While nobody can add a key: one that is being added may be wrapped by this version.
        said = _let_go(chosen, version)
    say.print(said)


def _let_go(chosen: Settings, version: int) -> str:
    if not chosen.keys_file:
        return f"It wraps nothing any more. Take its entry out of {SETTING} and start every server anew."
    with _writing():
        change_key_file(chosen.keys_file, f"{SETTING}_FILE", lambda present: without_version(present, version))
    return "Retired. Destroy every copy of the old key file as well."


@asynccontextmanager
async def _opened(chosen: Settings) -> AsyncIterator[tuple[Sessions, Sequence[UUID]]]:
    sessions = Sessions(create_engine(chosen.database_url))
    try:
        await require_current(sessions.engine)
        async with unit_of_work(sessions, writes=False) as session:
            clinics = await accounts.list_organisations(session)
        yield sessions, clinics
    finally:
        await sessions.engine.dispose()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise CommandError(f"{error.filename} is there already, and is never overwritten.") from error
    except OSError as error:
        raise CommandError("The key file cannot be written.") from error


COMMANDS = (keys,)
