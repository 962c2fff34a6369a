"""What only the client decides about what they are shown and offered."""

import msgspec
from msgspec import UNSET

from server.accounts import repository
from server.accounts.models import ClientRow
from server.accounts.modes import shown_display, silenced_since
from server.accounts.policy import access_client, note
from server.accounts.schemas import ChangePreferences, LeftOut, Me
from server.accounts.scope import open_client
from server.accounts.work import Work
from server.kit.sealed import Sealed
from server.vault.sealing import DataKey, Place

# All words of both lists fit. A seal shows how long a text is, so each is as long: whether somebody leaves anything
# out, and how much, is nobody's business either (white space behind JSON means nothing).
WIDTH = 1024


async def read_me(work: Work) -> Me:
    """Return what the caller's phone needs to know about its owner."""
    row = await access_client(work, work.access.subject)
    _, zone, _ = await repository.find_client_line(work.session, work.access, row.id, work.now)
    key = await work.vault.key(row.organisation_id, row.id)
    return Me(
        id=row.id,
        zone=zone,
        locale=row.locale,
        day_start=row.day_start.isoformat("minutes"),
        mode=row.mode,
        display=shown_display(row),
        silenced=silenced_since(row) is not None,
        left_out=open_left_out(row, key),
    )


async def change_preferences(work: Work, data: ChangePreferences) -> Me:
    """Change what only the client decides."""
    scope, row = await open_client(work, work.access.subject)
    row.display = row.display if data.display is UNSET else data.display
    if isinstance(data.left_out, LeftOut):
        key = await work.vault.key(row.organisation_id, row.id)
        row.left_out = seal_left_out(row, key, data.left_out)
    row.version = scope.add(row.id, replaces=row.version)
    await work.session.flush()
    note(work, row.id)
    return await read_me(work)


def seal_left_out(row: ClientRow, key: DataKey, left_out: LeftOut) -> Sealed:
    """Return what a client wants left out, in order and once each, sealed for their row."""
    plain = LeftOut(properties=sorted({*left_out.properties}), postures=sorted({*left_out.postures}))
    return key.seal(_place(row), msgspec.json.encode(plain).decode().ljust(WIDTH))


def open_left_out(row: ClientRow, key: DataKey) -> LeftOut:
    """Return what a client wants left out."""
    return msgspec.json.decode(key.open(_place(row), row.left_out), type=LeftOut)


def _place(row: ClientRow) -> Place:
    return Place(table="clients", column="left_out", organisation=row.organisation_id, owner=row.id, row=row.id)
