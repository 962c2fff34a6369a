"""Taking in a client who brings an archive from another server, or from this one (`docs/privacy.md`)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import CareRelationRow
from server.accounts.schemas import ClientState
from server.accounts.scope import begin_scope
from server.care.models import PracticeSetRow
from server.care.schemas import AssignmentState, SessionState
from server.care.sets import title_place
from server.kit.errors import Conflict, Invalid
from server.practice.pauses.schemas import PauseState
from server.privacy import repository
from server.privacy.archive import unpack
from server.privacy.content import Rows, read_content
from server.privacy.ledger import Ledger
from server.privacy.service import place_of
from server.privacy.tables import ENDED_BY, SETS, archived_columns, archived_tables, is_doer, is_sealed, member_columns
from server.vault.keys import Keys
from server.vault.service import Vault

# What revisions keep of a document, by its table.
STATES: Final[Mapping[str, type[Struct]]] = {
    "assignments": AssignmentState,
    "clients": ClientState,
    "pauses": PauseState,
    "sessions": SessionState,
}


class Arrival(Struct, frozen=True, kw_only=True):
    """Where a client arrives, in whose care, and when."""

    organisation: UUID
    member: UUID
    now: datetime


async def import_client(session: AsyncSession, keys: Keys, ledger: Ledger, arrival: Arrival, packed: bytes) -> UUID:
    """Take in an archive: the client with everything, in the care of one member, and return their id.

    Who did something at the old clinic becomes this member. Nothing is shared and no phone is paired until the client
    says so again.

    Raises:
        Invalid: it is no archive of ours, not as it was made, or says what cannot be; nothing was written.
        Conflict: the clinic has this client already, or has erased them: the next start would do so again.
    """
    manifest, lines = unpack(packed, [table.name for table in archived_tables()])
    client, organisation = manifest.client_id, arrival.organisation
    if any(each.client_id == client and each.organisation_id == organisation for each in ledger.read()):
        raise Conflict("This client was erased here.", code="erased_client")
    if await repository.find_client(session, organisation, client):
        raise Conflict("This client is here already.", code="known_client")
    rows = read_content(client, lines, arrival.now)
    vault = Vault(session, keys)
    await vault.add(organisation, client, arrival.now)
    await _settle_sets(session, vault, arrival, rows)
    try:
        # What is begun points at the client, who is written first.
        with session.no_autoflush:
            session.add(_begun(session, client, arrival, rows))
            for table in archived_tables():
                settled = [await _settled(vault, table, row, client, arrival) for row in rows[table.name]]
                await repository.add_rows(session, organisation, table, settled)
        await session.flush()
    except IntegrityError as error:
        raise Invalid("This archive contradicts itself, or what is here.", code="bad_line") from error
    return client


def _begun(session: AsyncSession, client: UUID, arrival: Arrival, rows: Rows) -> CareRelationRow:
    """Begin what another server begins anew: the scope, in which every row gets a new version, and the care relation.

    Versions of another server would say nothing here, and may not even differ.
    """
    scope = begin_scope(session, arrival.organisation, client, arrival.now)
    scope.head.delivered_at = max(
        (row["last_outbox_at"] for row in rows["devices"] if row["last_outbox_at"]), default=None
    )
    for table in archived_tables():
        for row in rows[table.name] if "version" in table.columns and table.name != SETS else ():
            if table.name in STATES:
                state = msgspec.convert(row, STATES[table.name])
                row["version"] = scope.record(row["id"], state, deleted=row.get("removed_at") is not None)
            elif table.name != "voids":
                row["version"] = scope.add(row["id"])
    kept = {row["id"]: row["version"] for table in ("check_ins", "completions") for row in rows[table]}
    for row in rows["voids"]:
        item = row["completion_id"]
        row["version"] = scope.add(item, replaces=kept.get(item), deleted=True)
    return CareRelationRow(
        organisation_id=arrival.organisation, member_id=arrival.member, client_id=client, started_at=arrival.now
    )


async def _settled(
    vault: Vault, table: Table, row: Mapping[str, Any], client: UUID, arrival: Arrival
) -> dict[str, Any]:
    settled = dict(row)
    for column in member_columns(table):
        # Where nobody did something it was the client; whom else it names is nobody here.
        kept = not column.nullable or (is_doer(column) and row[column.name] is not None)
        settled[column.name] = arrival.member if kept else None
    if ended := ENDED_BY.get(table.name):
        settled[ended] = row[ended] or arrival.now
    for column in archived_columns(table):
        if is_sealed(column) and row[column.name] is not None:
            place = place_of(table, column.name, arrival.organisation, client, row)
            settled[column.name] = (await vault.key(arrival.organisation, place.owner)).seal(place, row[column.name])
    return settled


async def _settle_sets(session: AsyncSession, vault: Vault, arrival: Arrival, rows: Rows) -> None:
    """Leave out the sets the clinic has as they are, and give another id to those it has otherwise.

    Two clients who were given the same set bring it along twice; and nobody's archive changes what the clinic gives
    to others.
    """
    brought: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows[SETS]:
        brought[row["id"]].append(row)
    rows[SETS] = []
    for key, versions in brought.items():
        here = {each.version: each for each in await repository.list_versions(session, arrival.organisation, key)}
        same = [await _is_same(vault, arrival.organisation, row, here.get(row["version"])) for row in versions]
        if all(same):
            continue
        settled = uuid4() if here else key
        rows[SETS] += [{**row, "id": settled} for row in versions]
        for assignment in rows["assignments"]:
            if assignment["set_id"] == key:
                assignment["set_id"] = settled


async def _is_same(vault: Vault, organisation: UUID, row: Mapping[str, Any], here: PracticeSetRow | None) -> bool:
    if here is None or here.items != row["items"]:
        return False
    title = (await vault.key(organisation, organisation)).open(
        title_place(organisation, here.id, here.version), here.title
    )
    return title == str(row["title"])
