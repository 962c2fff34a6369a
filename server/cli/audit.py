"""Commands about the audit: whether it is whole, and copies that show later whether it still is."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
import rich_click as click
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository as accounts
from server.audit.chain import MOST_FAULTS
from server.audit.schemas import ExportedEntry, ExportedHead, Head, Link, Verdict
from server.audit.service import export as export_links
from server.audit.service import verify as walk
from server.cli.common import CommandError, run
from server.cli.console import say, settings
from server.db.engine import Sessions, create_engine
from server.db.schema import require_current
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.settings import Settings
from server.vault.keys import read_keys

ORGANISATION = click.option("--organisation", default=None, help="The clinic's handle, where there are several.")
PATH = click.Path(path_type=Path, dir_okay=False)


@click.group()
def audit() -> None:
    """Look after the record of who read and changed what."""


@audit.command()
@ORGANISATION
@click.option("--against", type=PATH, help="An earlier export, kept where nobody who can change the database reaches.")
def verify(organisation: str | None, against: Path | None) -> None:
    """Check every entry and the whole chain; ends with 1 when anything is not as it was written."""
    run(_verify(settings(), organisation, against))


@audit.command()
@ORGANISATION
@click.argument("file", type=PATH)
def export(organisation: str | None, file: Path) -> None:
    """Write all entries as lines of JSON into a new FILE; its last line is the head to verify against later."""
    run(_export(settings(), organisation, file))


async def _verify(chosen: Settings, handle: str | None, against: Path | None) -> None:
    keys = read_keys(chosen)
    async with _clinic(chosen, handle) as (session, organisation):
        anchor = _read_anchor(against, organisation) if against else None
        verdict = await walk(session, keys, organisation, anchor)
    if verdict.faults:
        raise CommandError("\n".join(_sentences(verdict)))
    say.print(f"{verdict.entries} entries, whole.")


def _sentences(verdict: Verdict) -> list[str]:
    sentences = [fault.sentence for fault in verdict.faults]
    if len(sentences) >= MOST_FAULTS:
        sentences.append("There may be more than these.")
    if verdict.entries and not verdict.fitting:
        sentences.append("Not one entry fits: are these the keys that the audit was written with?")
    return sentences


def _read_anchor(file: Path, organisation: UUID) -> Head | None:
    line = b""
    try:
        with file.open("rb") as lines:
            for line in lines:  # noqa: B007 (the last one is what is sought)
                pass
        head = msgspec.json.decode(line, type=ExportedHead)
        mac = bytes.fromhex(head.mac)
    except (OSError, ValueError) as error:
        raise CommandError("The earlier export cannot be read, or is not whole: its last line is no head.") from error
    if head.organisation_id != organisation:
        raise CommandError("The earlier export is of another clinic.")
    return Head(number=head.number, mac=mac)


async def _export(chosen: Settings, handle: str | None, file: Path) -> None:
    async with _clinic(chosen, handle) as (session, organisation):
        with _new(file) as out:
            number, mac = 0, b""
            async for link in export_links(session, organisation):
                out.write(msgspec.json.encode(_line(link)) + b"\n")
                number, mac = link.number, link.mac
            at = SystemClock().now()
            head = ExportedHead(organisation_id=organisation, number=number, mac=mac.hex(), at=at)
            out.write(msgspec.json.encode(head) + b"\n")
    say.print(f"Exported up to entry {number}. Keep the file where nobody who can change the database reaches it.")


@contextmanager
def _new(file: Path) -> Iterator[BinaryIO]:
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandError("This file is there already, and is never overwritten.") from error
    except OSError as error:
        raise CommandError("The file cannot be written.") from error
    try:
        with os.fdopen(opened, "wb") as out:
            yield out
    except BaseException:
        # Half an export is none, and would be in the way of the next.
        file.unlink()
        raise


def _line(link: Link) -> ExportedEntry:
    if link.entry is None:
        raise CommandError(f"Entry {link.number} cannot be read. Run `groundwork audit verify`.")
    return ExportedEntry(
        number=link.number,
        at=link.entry.at,
        actor_role=link.entry.role,
        action=link.entry.action,
        mac=link.mac.hex(),
        actor_id=link.entry.actor or UNSET,
        client_id=link.entry.client or UNSET,
        object_id=link.entry.object or UNSET,
    )


@asynccontextmanager
async def _clinic(chosen: Settings, handle: str | None) -> AsyncIterator[tuple[AsyncSession, UUID]]:
    sessions = Sessions(create_engine(chosen.database_url))
    try:
        await require_current(sessions.engine)
        async with unit_of_work(sessions, writes=False) as session:
            found = await accounts.find_organisations(session, handle)
            if len(found) != 1:
                raise CommandError("Say which clinic, by its handle: --organisation HANDLE.")
            await enter(session, found[0].id)
            yield session, found[0].id
    finally:
        await sessions.engine.dispose()


COMMANDS = (audit,)
