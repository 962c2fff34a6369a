"""Commands about everything a client has: take it along, take it in, erase it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import rich_click as click
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import find_by_email
from server.accounts.organisations import find_organisation
from server.audit.service import Entry, record
from server.cli.common import CommandError, run
from server.cli.console import say, settings, stop
from server.db.engine import Sessions, create_engine, forget_deleted
from server.db.schema import require_current
from server.db.unit import unit_of_work
from server.kit.clock import SystemClock
from server.privacy import arrival, erasure, retention, service
from server.privacy.archive import MOST_BYTES
from server.privacy.ledger import Ledger
from server.settings import Settings
from server.vault.keys import LocalKeys, read_keys

CLIENT = click.argument("client", type=click.UUID)
ORGANISATION = click.option("--organisation", default=None, help="The clinic's handle, where there are several.")
NEW_FILE = click.Path(path_type=Path, dir_okay=False, exists=False)
A_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


class Desk(Struct, frozen=True, kw_only=True):
    """What an operator works with: one clinic's transaction, the keys and the erasure ledger."""

    session: AsyncSession
    keys: LocalKeys
    organisation: UUID
    ledger: Ledger


@click.command("export")
@CLIENT
@click.argument("file", type=NEW_FILE)
@ORGANISATION
def export_client(client: UUID, file: Path, organisation: str | None) -> None:
    """Write everything a client has into a new FILE, readable for you alone. Its texts are in clear."""
    packed = run(_export(settings(), organisation, client))
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(packed)
    except OSError:
        stop("This file cannot be written, or there is one of this name already.")
    say.print("Written. The file holds the client's texts in clear: hand it over and delete it.")


@click.command("import")
@click.argument("file", type=A_FILE)
@click.option("--therapist", required=True, help="The e-mail address of the member who will care for the client.")
@ORGANISATION
def import_client(file: Path, therapist: str, organisation: str | None) -> None:
    """Take in a client from a FILE that `groundwork export` or the client's phone made."""
    if file.stat().st_size > MOST_BYTES:
        stop("This file is larger than any archive of a client.")
    run(_import(settings(), organisation, therapist, file.read_bytes()))
    say.print("Taken in. The therapist pairs the client's phone anew; nothing is shared until the client says so.")


@click.command("erase")
@CLIENT
@ORGANISATION
@click.confirmation_option(prompt="Everything this client has will be gone for good, also from backups. Go on?")
def erase_client(client: UUID, organisation: str | None) -> None:
    """Erase a client and everything there is about them."""
    run(_erase(settings(), organisation, client))
    say.print("Erased. docs/privacy.md says what a backup still holds, and for how long.")


@click.command("tidy")
@click.option("--apply", "applies", is_flag=True, help="Delete; without it, only count.")
@ORGANISATION
def tidy(*, applies: bool, organisation: str | None) -> None:
    """Delete what nobody needs any more, by the rules of docs/privacy.md."""
    run(_tidy(settings(), organisation, applies=applies))


@asynccontextmanager
async def _desk(chosen: Settings, handle: str | None) -> AsyncIterator[Desk]:
    engine = create_engine(chosen.database_url)
    try:
        await require_current(engine)
        async with unit_of_work(Sessions(engine), writes=True) as session:
            organisation = await find_organisation(session, handle)
            yield Desk(
                session=session,
                keys=read_keys(chosen),
                organisation=organisation,
                ledger=Ledger(chosen.erasures),
            )
        await forget_deleted(engine)
    finally:
        await engine.dispose()


async def _note(desk: Desk, action: str, client: UUID) -> None:
    entry = Entry(at=SystemClock().now(), actor=None, role="operator", action=action, client=client, object=None)
    await record(desk.session, desk.keys, desk.organisation, entry)


async def _export(chosen: Settings, handle: str | None, client: UUID) -> bytes:
    async with _desk(chosen, handle) as desk:
        await _note(desk, "groundwork export", client)
        return await service.export_client(desk.session, desk.keys, desk.organisation, client, SystemClock().now())


async def _import(chosen: Settings, handle: str | None, email: str, packed: bytes) -> None:
    async with _desk(chosen, handle) as desk:
        member = await find_by_email(desk.session, desk.keys, desk.organisation, email)
        if member is None:
            raise CommandError("No member of this clinic has this e-mail address.")
        where = arrival.Arrival(organisation=desk.organisation, member=member.id, now=SystemClock().now())
        client = await arrival.import_client(desk.session, desk.keys, desk.ledger, where, packed)
        await _note(desk, "groundwork import", client)


async def _erase(chosen: Settings, handle: str | None, client: UUID) -> None:
    async with _desk(chosen, handle) as desk:
        await _note(desk, "groundwork erase", client)
        await erasure.erase_client(desk.session, desk.keys, desk.ledger, desk.organisation, client, SystemClock().now())


async def _tidy(chosen: Settings, handle: str | None, *, applies: bool) -> None:
    async with _desk(chosen, handle) as desk:
        now = SystemClock().now()
        for rule in retention.RULES:
            count = await retention.apply(desk.session, desk.organisation, rule, now, deletes=applies)
            say.print(f"{rule.table}: {count} rows {rule.what}", markup=False)


COMMANDS = (export_client, import_client, erase_client, tidy)
