"""Taking in what a phone wrote while it was offline: every item answered, once, in any order (`sync.md`, Push)."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from msgspec import Struct

from server.accounts import repository as accounts
from server.accounts.errand import Errand, Phone
from server.catalogue.snapshot import Snapshot
from server.kit.errors import TooLarge
from server.practice import repository
from server.practice.items import Put, Void, read_item
from server.practice.judging import Ledger, take
from server.practice.prepared import Prepared, merged, prepare
from server.practice.schemas import MOST_ITEMS, Push, Pushed, ReportZone, Result
from server.practice.streak import go_on, keep_anew

# A phone's own row says to the minute when it last delivered; the scope's head says it exactly.
MARKED_FOR: Final = timedelta(minutes=1)


class Arrived(Struct, frozen=True):
    """A push whose turn has not come."""

    phone: Phone
    push: Push
    prepared: Prepared


async def take_in(phone: Phone, push: Push, catalogue: Snapshot) -> Pushed:
    """Store the items of an outbox in one transaction and answer each, in order.

    What a phone sends while an outbox of its own is being taken in waits, and is taken in together.

    Raises:
        TooLarge: more than 500 items; nothing was done.
        Gone: the client was erased.
    """
    if len(push.items) > MOST_ITEMS:
        raise TooLarge(f"An outbox has at most {MOST_ITEMS} items; send it in parts.")
    arrived = Arrived(phone, push, await prepare(phone, push.items))
    told: Pushed = await phone.line().together(arrived, len(push.items), partial(_take_in, catalogue))
    return told


async def _take_in(catalogue: Snapshot, arrived: Sequence[Arrived]) -> list[Pushed]:
    # Their tokens are the same, and the newest request knows what time it is.
    phone = arrived[-1].phone
    async with phone.errand() as errand:
        key = errand.keys.derive(errand.access.organisation, "fingerprint")
        pushes = [
            [read_item(raw, position, errand.now, key) for position, raw in enumerate(each.push.items)]
            for each in arrived
        ]
        good = [item for read in pushes for item in read if not isinstance(item, Result)]
        ledger = await _open(errand, good, catalogue, merged(each.prepared for each in arrived))
        told = [_answered(ledger, read) for read in pushes]
        await _write(ledger)
    if errand.head.standing is None:
        await keep_anew(phone)
    return told


def _answered(ledger: Ledger, read: Sequence[Put | Void | Result]) -> Pushed:
    results = [item if isinstance(item, Result) else take(ledger, item) for item in read]
    head = ledger.errand.head
    return Pushed(results=results, epoch=head.epoch, version=head.version, server_time=ledger.errand.now)


async def _open(errand: Errand, items: Sequence[Put | Void], catalogue: Snapshot, prepared: Prepared) -> Ledger:
    link, access = errand.link, errand.access
    ids = [item.id for item in items if isinstance(item, Void) or not isinstance(item.body, ReportZone)]
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
        check_ins=await repository.find_check_ins(link, access, known) if known else {},
    )


async def _write(ledger: Ledger) -> None:
    errand = ledger.errand
    link, access, now = errand.link, errand.access, errand.now
    if ledger.new_entries:
        await repository.add_entries(link, access, ledger.new_entries)
    if ledger.new_voids:
        await repository.add_voids(link, access, ledger.new_voids, now)
    if ledger.new_check_ins:
        await repository.add_check_ins(link, access, ledger.new_check_ins)
    if ledger.new_zones:
        await repository.add_zones(link, access, ledger.new_zones, now)
    if errand.marked_at is None or not timedelta() <= now - errand.marked_at < MARKED_FOR:
        await accounts.mark_delivery(link, access, now)
    before = errand.head.delivered_at
    if before is None or before.replace(second=0, microsecond=0) != now.replace(second=0, microsecond=0):
        await repository.add_delivery(link, access, now)
    errand.head.delivered_at = now
    if ledger.new_voids or ledger.new_zones:
        errand.head.standing = None
    go_on(errand, [entry for entry, _ in ledger.new_entries])
    await accounts.save_head(link, access, errand.head)
