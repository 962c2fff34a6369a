"""Taking in what a phone wrote while it was offline: every item answered, once, in any order (`sync.md`, Push)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from msgspec import UNSET, Struct, field

from server.accounts import repository as accounts
from server.accounts.errand import Errand, Phone
from server.catalogue.snapshot import Snapshot
from server.kit.errors import TooLarge
from server.kit.sealed import Sealed
from server.practice import repository
from server.practice.items import Put, Void, read_item
from server.practice.ledger import Entry, entry_of, note_place, why_not_counted
from server.practice.prepared import Prepared, prepare
from server.practice.schemas import MOST_ITEMS, LogCompletion, Push, Pushed, ReportZone, Result
from server.practice.streak import go_on, keep_anew
from server.practice.streaks.facts import Policy

# A phone's own row says to the minute when it last delivered; the scope's head says it exactly.
MARKED_FOR: Final = timedelta(minutes=1)


class Ledger(Struct, kw_only=True):
    """What is known about the ids of one push before it, and what it adds."""

    errand: Errand
    catalogue: Snapshot
    prepared: Prepared
    entries: dict[UUID, Entry]
    voids: dict[UUID, int]
    zones: dict[datetime, tuple[str, int]]
    new_entries: list[tuple[Entry, Sealed | None]] = field(default_factory=list)
    new_voids: list[tuple[UUID, int]] = field(default_factory=list)
    new_zones: list[tuple[UUID, datetime, str, int]] = field(default_factory=list)


async def take_in(phone: Phone, push: Push, catalogue: Snapshot) -> Pushed:
    """Store the items of an outbox in one transaction and answer each, in order.

    Raises:
        TooLarge: more than 500 items; nothing was done.
        Gone: the client was erased.
    """
    if len(push.items) > MOST_ITEMS:
        raise TooLarge(f"An outbox has at most {MOST_ITEMS} items; send it in parts.")
    prepared = await prepare(phone, push.items)
    async with phone.errand(writes=True) as errand:
        pushed = await _take_in(errand, push, catalogue, prepared)
    if errand.head.standing is None:
        await keep_anew(phone)
    return pushed


async def _take_in(errand: Errand, push: Push, catalogue: Snapshot, prepared: Prepared) -> Pushed:
    key = errand.keys.derive(errand.access.organisation, "fingerprint")
    read = [read_item(raw, position, errand.now, key) for position, raw in enumerate(push.items)]
    ledger = await _open(errand, [item for item in read if not isinstance(item, Result)], catalogue, prepared)
    results = [item if isinstance(item, Result) else _take(ledger, item) for item in read]
    await _write(ledger)
    head = errand.head
    return Pushed(results=results, epoch=head.epoch, version=head.version, server_time=errand.now)


async def _open(errand: Errand, items: Sequence[Put | Void], catalogue: Snapshot, prepared: Prepared) -> Ledger:
    link, access = errand.link, errand.access
    ids = [item.id for item in items if isinstance(item, Void) or isinstance(item.body, LogCompletion)]
    # Most ids were never heard of, and one question tells that.
    known = await repository.find_known(link, access, ids) if ids else []
    zoned = any(isinstance(item, Put) and isinstance(item.body, ReportZone) for item in items)
    return Ledger(
        errand=errand,
        catalogue=catalogue,
        prepared=prepared,
        entries=await repository.find_entries(link, access, known) if known else {},
        voids=await repository.find_voids(link, access, known) if known else {},
        zones=await repository.find_zones(link, access) if zoned else {},
    )


async def _write(ledger: Ledger) -> None:
    errand = ledger.errand
    link, access, now = errand.link, errand.access, errand.now
    if ledger.new_entries:
        await repository.add_entries(link, access, ledger.new_entries)
    if ledger.new_voids:
        await repository.add_voids(link, access, ledger.new_voids, now)
    if ledger.new_zones:
        await repository.add_zones(link, access, ledger.new_zones)
    if errand.marked_at is None or not timedelta() <= now - errand.marked_at < MARKED_FOR:
        await accounts.mark_delivery(link, access, now)
    errand.head.delivered_at = now
    if ledger.new_voids or ledger.new_zones:
        errand.head.standing = None
    go_on(errand, [entry for entry, _ in ledger.new_entries])
    await accounts.save_head(link, access, errand.head)


def _take(ledger: Ledger, item: Put | Void) -> Result:
    if isinstance(item, Void):
        return _void(ledger, item)
    if isinstance(item.body, ReportZone):
        return _keep_zone(ledger, item, item.body)
    return _keep(ledger, item, item.body)


def _void(ledger: Ledger, item: Void) -> Result:
    version = ledger.voids.get(item.id)
    if version is None:
        kept = ledger.entries.get(item.id)
        version = ledger.errand.head.add(item.id, replaces=kept.version if kept else None, deleted=True)
        ledger.voids[item.id] = version
        ledger.new_voids.append((item.id, version))
    return Result(status="voided", id=item.id, version=version)


def _keep(ledger: Ledger, item: Put, body: LogCompletion) -> Result:
    if (version := ledger.voids.get(item.id)) is not None:
        return Result(status="voided", id=item.id, version=version)
    entry = ledger.entries.get(item.id)
    if entry is None:
        return _kept(ledger, "stored", _new_entry(ledger, item, body))
    if entry.fingerprint is not None and entry.fingerprint != item.fingerprint:
        return Result(status="conflict", id=item.id, version=entry.version)
    return _kept(ledger, "duplicate", entry)


def _new_entry(ledger: Ledger, item: Put, body: LogCompletion) -> Entry:
    errand = ledger.errand
    known = body.exercise in ledger.catalogue.exercises
    entry = entry_of(item, body, device=errand.access.device, known=known, day_start=errand.day_start, now=errand.now)
    entry.version = errand.head.add(entry.id)
    ledger.entries[entry.id] = entry
    ledger.new_entries.append((entry, _sealed_note(ledger, entry.id, body)))
    return entry


def _sealed_note(ledger: Ledger, completion: UUID, body: LogCompletion) -> Sealed | None:
    access, key = ledger.errand.access, ledger.prepared.key
    if not body.note or key is None:
        return None
    return key.seal(note_place(access.organisation, access.subject, completion), body.note)


def _kept(ledger: Ledger, status: Literal["stored", "duplicate"], entry: Entry) -> Result:
    reason = why_not_counted(entry, Policy(day_start=ledger.errand.day_start))
    known = ledger.prepared.occurrences
    return Result(
        status=status,
        id=entry.id,
        version=entry.version,
        counted=reason is None,
        reason=reason or UNSET,
        occurrence_known=UNSET if entry.occurrence_id is None else entry.occurrence_id in known,
    )


def _keep_zone(ledger: Ledger, item: Put, body: ReportZone) -> Result:
    if body.at not in ledger.zones:
        version = ledger.errand.head.add(item.id)
        ledger.zones[body.at] = (body.zone, version)
        ledger.new_zones.append((item.id, body.at, body.zone, version))
        return Result(status="stored", id=item.id, version=version)
    zone, version = ledger.zones[body.at]
    return Result(status="duplicate" if zone == body.zone else "conflict", id=item.id, version=version)
