"""Taking in what a phone wrote while it was offline: every item answered, once, in any order (`sync.md`, Push)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct

from server.accounts import repository as accounts
from server.accounts.models import ClientRow, ZoneRow
from server.accounts.policy import access_client
from server.accounts.scope import Scope, new_zone, open_scope
from server.accounts.work import Work
from server.care.occurrences import Span
from server.care.plan import read_plan
from server.catalogue.snapshot import Snapshot
from server.kit.errors import TooLarge
from server.kit.sealed import Sealed
from server.practice import repository
from server.practice.check_ins import taking_in as check_ins
from server.practice.items import Body, Put, Void, read_item
from server.practice.ledger import completion_row, note_place, practice_date, why_not_counted
from server.practice.models import CheckInRow, CompletionRow, VoidRow
from server.practice.schemas import MOST_ITEMS, LogCheckIn, LogCompletion, Push, Pushed, ReportZone, Result
from server.practice.streaks.facts import Policy
from server.vault.sealing import DataKey

# An occurrence is practised near its own date; one that is further away belongs to an older plan.
NEARBY = timedelta(days=14)
# A phone is rarely offline for longer, and each date of the span costs time.
LONGEST_SPAN = timedelta(days=400)


class Ledger(Struct, kw_only=True):
    """What is known about the ids of one push before it, and what it adds."""

    work: Work
    client: ClientRow
    catalogue: Snapshot
    scope: Scope
    completions: dict[UUID, CompletionRow]
    check_ins: dict[UUID, CheckInRow]
    voids: dict[UUID, VoidRow]
    zones: dict[datetime, ZoneRow]
    occurrences: frozenset[UUID]
    key: DataKey | None


async def take_in(work: Work, push: Push, catalogue: Snapshot) -> Pushed:
    """Store the items of an outbox in one transaction and answer each, in order.

    Raises:
        TooLarge: more than 500 items; nothing was done.
        Gone: the client is being erased.
    """
    if len(push.items) > MOST_ITEMS:
        raise TooLarge(f"An outbox has at most {MOST_ITEMS} items; send it in parts.")
    key = work.keys.derive(work.access.organisation, "fingerprint")
    read = [read_item(raw, position, work.now, key) for position, raw in enumerate(push.items)]
    ledger = await _open(work, [item for item in read if not isinstance(item, Result)], catalogue)
    results = [item if isinstance(item, Result) else _take(ledger, item) for item in read]
    if work.access.device is not None:
        await accounts.mark_delivery(work.session, work.access, work.access.device, work.now)
    ledger.scope.head.delivered_at = work.now
    await work.session.flush()
    return Pushed(
        results=results, epoch=ledger.scope.head.epoch, version=ledger.scope.head.version, server_time=work.now
    )


async def _open(work: Work, items: Iterable[Put | Void], catalogue: Snapshot) -> Ledger:
    session, access = work.session, work.access
    keys = {item.id for item in items}
    client = await access_client(work, access.subject)
    scope = await open_scope(work, access.subject)
    return Ledger(
        work=work,
        client=client,
        catalogue=catalogue,
        scope=scope,
        completions=await repository.find_completions(session, access, keys),
        check_ins=await check_ins.find_known(work, items),
        voids=await repository.find_voids(session, access, keys),
        zones=await _known_zones(work, items),
        occurrences=await _known_occurrences(work, client, items),
        key=await _key_of_texts(work, items),
    )


async def _key_of_texts(work: Work, items: Iterable[Put | Void]) -> DataKey | None:
    """Read the client's key only when there is something to seal: most practices have no note."""
    if any(isinstance(item, Put) and _has_text(item.body) for item in items):
        return await work.vault.key(work.access.organisation, work.access.subject)
    return None


def _has_text(body: Body) -> bool:
    match body:
        case LogCompletion():
            return bool(body.note)
        case LogCheckIn():
            return bool(body.mood_word)
        case _:
            return False


async def _known_zones(work: Work, items: Iterable[Put | Void]) -> dict[datetime, ZoneRow]:
    if not any(isinstance(item, Put) and isinstance(item.body, ReportZone) for item in items):
        return {}
    rows = await accounts.list_zones(work.session, work.access, work.access.subject)
    return {row.at: row for row in rows}


async def _known_occurrences(work: Work, client: ClientRow, items: Iterable[Put | Void]) -> frozenset[UUID]:
    bodies = [item.body for item in items if isinstance(item, Put) and isinstance(item.body, LogCompletion)]
    meant = [practice_date(body, client.day_start, work.now) for body in bodies if body.occurrence_id is not UNSET]
    days = [day for day in meant if abs(day - work.now.date()) <= LONGEST_SPAN]
    if not days:
        return frozenset()
    plan = await read_plan(work, client)
    return frozenset(each.id for each in plan.occurrences(Span(first=min(days) - NEARBY, last=max(days) + NEARBY)))


def _take(ledger: Ledger, item: Put | Void) -> Result:
    if isinstance(item, Void):
        return _void(ledger, item)
    if isinstance(item.body, ReportZone):
        return _keep_zone(ledger, item, item.body)
    if isinstance(item.body, LogCheckIn):
        return _keep_check_in(ledger, item, item.body)
    return _keep(ledger, item, item.body)


def _void(ledger: Ledger, item: Void) -> Result:
    void = ledger.voids.get(item.id)
    if void is None:
        access, row = ledger.work.access, ledger.completions.get(item.id) or ledger.check_ins.get(item.id)
        void = VoidRow(
            organisation_id=access.organisation,
            client_id=access.subject,
            completion_id=item.id,
            version=ledger.scope.add(item.id, replaces=row.version if row else None, deleted=True),
            received_at=ledger.work.now,
        )
        ledger.work.session.add(void)
        ledger.voids[item.id] = void
    return Result(status="voided", id=item.id, version=void.version)


def _keep(ledger: Ledger, item: Put, body: LogCompletion) -> Result:
    if void := ledger.voids.get(item.id):
        return Result(status="voided", id=item.id, version=void.version)
    row = ledger.completions.get(item.id)
    if row is None and (other := ledger.check_ins.get(item.id)):
        return Result(status="conflict", id=item.id, version=other.version)
    if row is None:
        row = completion_row(
            ledger.work.access,
            item,
            body,
            known=body.exercise in ledger.catalogue.exercises,
            day_start=ledger.client.day_start,
            now=ledger.work.now,
        )
        row.version = ledger.scope.add(row.id)
        row.note = _sealed_note(ledger, item.id, body)
        ledger.work.session.add(row)
        ledger.completions[item.id] = row
        return _kept(ledger, "stored", row)
    if row.fingerprint is not None and row.fingerprint != item.fingerprint:
        return Result(status="conflict", id=item.id, version=row.version)
    return _kept(ledger, "duplicate", row)


def _sealed_note(ledger: Ledger, completion: UUID, body: LogCompletion) -> Sealed | None:
    access = ledger.work.access
    if not body.note or ledger.key is None:
        return None
    return ledger.key.seal(note_place(access.organisation, access.subject, completion), body.note)


def _kept(ledger: Ledger, status: Literal["stored", "duplicate"], row: CompletionRow) -> Result:
    reason = why_not_counted(row, Policy(day_start=ledger.client.day_start))
    return Result(
        status=status,
        id=row.id,
        version=row.version,
        counted=reason is None,
        reason=reason or UNSET,
        occurrence_known=UNSET if row.occurrence_id is None else row.occurrence_id in ledger.occurrences,
    )


def _keep_check_in(ledger: Ledger, item: Put, body: LogCheckIn) -> Result:
    if void := ledger.voids.get(item.id):
        return Result(status="voided", id=item.id, version=void.version)
    if known := ledger.completions.get(item.id) or ledger.check_ins.get(item.id):
        same = isinstance(known, CheckInRow) and known.fingerprint in (None, item.fingerprint)
        return Result(status="duplicate" if same else "conflict", id=item.id, version=known.version)
    row = check_ins.check_in_row(ledger.work, item, body, day_start=ledger.client.day_start, key=ledger.key)
    row.version = ledger.scope.add(row.id)
    ledger.work.session.add(row)
    ledger.check_ins[item.id] = row
    return Result(status="stored", id=item.id, version=row.version)


def _keep_zone(ledger: Ledger, item: Put, body: ReportZone) -> Result:
    known = ledger.zones.get(body.at)
    if known is None:
        row = ledger.zones[body.at] = new_zone(ledger.scope, item.id, body.at, body.zone)
        ledger.work.session.add(row)
        return Result(status="stored", id=item.id, version=row.version)
    same = known.zone == body.zone
    return Result(status="duplicate" if same else "conflict", id=item.id, version=known.version)
