"""The change feed: what a phone pulls, in the order in which it was written (`sync.md`, Pull)."""

from typing import Final

from msgspec import UNSET

from server.accounts.digest import told
from server.accounts.errand import Phone
from server.accounts.policy import access_client
from server.accounts.scope import ERASED
from server.accounts.work import Work
from server.kit.errors import Gone
from server.practice.changes import repository
from server.practice.changes.cursor import Cursor, read_cursor, write_cursor
from server.practice.changes.kinds import KINDS
from server.practice.changes.repository import Head, Span
from server.practice.changes.schemas import Change, Changes

MOST_ROWS: Final = 500
TABLES: Final = tuple(kind.table for kind in KINDS)
RESET: Final = "Pull again without a cursor, beside what you hold, then replace it. Keep your queue."


async def read_changes(phone: Phone, since: str | None, limit: int) -> Changes:
    """Return what was written into the caller's scope after a cursor: one or two statements for each kind.

    Raises:
        Invalid: the cursor is none of ours.
        Gone: the scope has begun anew, or is not as far as the cursor says: an older backup was restored.
    """
    if since is not None:
        # Found out from the head alone, which comes with who asks: most pulls bring nothing.
        known = (await phone.glance()).head
        head = Head(epoch=known.epoch, version=known.version, digest=known.digest)
        if _after(since, head) == head.version:
            return _page([], head, head.version, more=False)
    async with phone.work(writes=False) as work:
        return await _read_changes(work, since, limit)


async def _read_changes(work: Work, since: str | None, limit: int) -> Changes:
    await access_client(work, work.access.subject)
    head = await _head(work)
    after = _after(since, head)
    span = Span(after=after, upto=head.version)
    places = await repository.list_places(work.session, work.access, work.access.subject, TABLES, span, limit + 1)
    if len(places) > limit:
        last = places[limit - 1][0]
        return _page(await _told(work, places[:limit], after), head, last, more=True)
    items = await _told(work, places, after)
    # On PostgreSQL each statement sees what is committed by then: a row that was changed meanwhile comes again, later.
    return _page(items, head, head.version, more=await _head(work) != head)


async def _head(work: Work) -> Head:
    head = await repository.find_head(work.session, work.access, work.access.subject)
    if head is None:
        raise Gone(ERASED, code="scope_erased")
    return head


def _after(since: str | None, head: Head) -> int:
    if since is None:
        return 0
    cursor = read_cursor(since)
    if cursor.epoch != head.epoch or cursor.version > head.version:
        raise Gone(RESET, code="sync_reset")
    return cursor.version


async def _told(work: Work, places: list[tuple[int, int]], after: int) -> list[Change]:
    """Return what stands at these places: one more statement for each table among them."""
    items: list[Change] = []
    span = Span(after=after, upto=places[-1][0] if places else after)
    for place in sorted({place for _, place in places}):
        kind = KINDS[place]
        rows = await repository.list_rows(work.session, work.access, work.access.subject, kind.table, span)
        items += await kind.tell(work, rows)
    return sorted(items, key=lambda item: item.version)


def _page(items: list[Change], head: Head, last: int, *, more: bool) -> Changes:
    return Changes(
        items=items,
        cursor=write_cursor(Cursor(epoch=head.epoch, version=last)),
        has_more=more,
        epoch=head.epoch,
        version=head.version,
        digest=UNSET if more else told(head.digest),
    )
