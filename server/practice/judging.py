"""What becomes of each item of a push: the ledger as it was, what is added to it, and the answer (`sync.md`, Push)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, field

from server.accounts.errand import Errand
from server.catalogue.snapshot import Snapshot
from server.kit.sealed import Sealed
from server.practice.check_ins.taking_in import CheckIn, check_in_of
from server.practice.items import Put, Void
from server.practice.ledger import Entry, entry_of, note_place, why_not_counted
from server.practice.prepared import Prepared
from server.practice.schemas import LogCheckIn, LogCompletion, ReportZone, Result
from server.practice.streaks.facts import Policy


class Ledger(Struct, kw_only=True):
    """What is known about the ids of one push before it, and what it adds."""

    errand: Errand
    catalogue: Snapshot
    prepared: Prepared
    entries: dict[UUID, Entry]
    voids: dict[UUID, int]
    zones: dict[datetime, tuple[str, int]]
    check_ins: dict[UUID, CheckIn]
    new_entries: list[tuple[Entry, Sealed | None]] = field(default_factory=list)
    new_voids: list[tuple[UUID, int]] = field(default_factory=list)
    new_check_ins: list[CheckIn] = field(default_factory=list)
    new_zones: list[tuple[UUID, datetime, str, int]] = field(default_factory=list)


def take(ledger: Ledger, item: Put | Void) -> Result:
    """Keep one item, or find that it is kept, and answer it; nothing is written yet."""
    if isinstance(item, Void):
        return _void(ledger, item)
    if isinstance(item.body, ReportZone):
        return _keep_zone(ledger, item, item.body)
    if isinstance(item.body, LogCheckIn):
        return _keep_check_in(ledger, item, item.body)
    return _keep(ledger, item, item.body)


def _void(ledger: Ledger, item: Void) -> Result:
    version = ledger.voids.get(item.id)
    if version is None:
        kept = ledger.entries.get(item.id) or ledger.check_ins.get(item.id)
        version = ledger.errand.head.add(item.id, replaces=kept.version if kept else None, deleted=True)
        ledger.voids[item.id] = version
        ledger.new_voids.append((item.id, version))
    return Result(status="voided", id=item.id, version=version)


def _keep(ledger: Ledger, item: Put, body: LogCompletion) -> Result:
    if (version := ledger.voids.get(item.id)) is not None:
        return Result(status="voided", id=item.id, version=version)
    if other := ledger.check_ins.get(item.id):
        return Result(status="conflict", id=item.id, version=other.version)
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


def _keep_check_in(ledger: Ledger, item: Put, body: LogCheckIn) -> Result:
    if (version := ledger.voids.get(item.id)) is not None:
        return Result(status="voided", id=item.id, version=version)
    if other := ledger.entries.get(item.id):
        return Result(status="conflict", id=item.id, version=other.version)
    if known := ledger.check_ins.get(item.id):
        same = known.fingerprint in (None, item.fingerprint)
        return Result(status="duplicate" if same else "conflict", id=item.id, version=known.version)
    check_in = check_in_of(ledger.errand, item, body, ledger.prepared.key)
    check_in.version = ledger.errand.head.add(item.id)
    ledger.check_ins[item.id] = check_in
    ledger.new_check_ins.append(check_in)
    return Result(status="stored", id=item.id, version=check_in.version)


def _keep_zone(ledger: Ledger, item: Put, body: ReportZone) -> Result:
    if body.at not in ledger.zones:
        version = ledger.errand.head.add(item.id)
        ledger.zones[body.at] = (body.zone, version)
        ledger.new_zones.append((item.id, body.at, body.zone, version))
        return Result(status="stored", id=item.id, version=version)
    zone, version = ledger.zones[body.at]
    return Result(status="duplicate" if zone == body.zone else "conflict", id=item.id, version=version)
