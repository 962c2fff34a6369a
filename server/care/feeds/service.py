"""Calendar feeds: a client's planned times in an app of their choice, by a secret address (decision 0025)."""

import asyncio
from typing import Final
from uuid import UUID

from server.accounts import repository as accounts
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.schemas import Access
from server.accounts.service import zone_of
from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.accounts.work import Visit, Work, at_work
from server.care.feeds import repository
from server.care.feeds.entries import Changes, Entry, appointments, times
from server.care.feeds.models import CalendarFeedRow
from server.care.feeds.schemas import CalendarFeed, CalendarFeeds, MadeCalendarFeed, NewCalendarFeed
from server.care.feeds.words import titles_for
from server.care.occurrences import DAY, Span
from server.care.plan import read_plan
from server.db.tenancy import enter
from server.kit.days import practice_date_of
from server.kit.errors import Conflict, NotFound
from server.kit.ids import new_id

ENDING: Final = ".ics"
MOST_FEEDS: Final = 10
PAST, FUTURE = 28 * DAY, 92 * DAY


async def add_feed(work: Work, data: NewCalendarFeed, public_url: str) -> MadeCalendarFeed:
    """Make a feed of the caller's; its address is told this once.

    Raises:
        Conflict: the caller has as many as anybody needs.
    """
    await accounts.lock_client(work.session, work.access, work.access.subject)
    if len(await repository.list_feeds(work.session, work.access)) >= MOST_FEEDS:
        raise Conflict(f"There are {MOST_FEEDS} calendar feeds. End one first.", code="too_many_feeds")
    token = Token(organisation=work.access.organisation, sign_in=new_id(), secret=new_secret())
    row = CalendarFeedRow(
        organisation_id=token.organisation,
        id=token.sign_in,
        client_id=work.access.subject,
        secret_hash=hash_secret(token.secret),
        sessions=data.sessions,
        made_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    url = f"{public_url}/v1/calendar/{token.text('gwf')}{ENDING}"
    return MadeCalendarFeed(id=row.id, sessions=row.sessions, made_at=row.made_at, url=url)


async def list_feeds(work: Work) -> CalendarFeeds:
    """Return the caller's feeds, the newest first."""
    rows = await repository.list_feeds(work.session, work.access)
    return CalendarFeeds(items=[CalendarFeed(id=row.id, sessions=row.sessions, made_at=row.made_at) for row in rows])


async def end_feed(work: Work, feed: UUID) -> None:
    """End one of the caller's feeds, at once.

    Raises:
        NotFound: the caller has no such feed.
    """
    if not await repository.delete_feed(work.session, work.access, feed):
        raise NotFound("There is no such calendar feed.")


async def read_calendar(visit: Visit, file: str) -> bytes:
    """Return the calendar of a secret address.

    Raises:
        NotFound: the address is none of ours, or not any more.
    """
    token = read_token(file.removesuffix(ENDING), "gwf") if file.endswith(ENDING) else None
    row = await _find(visit, token) if token else None
    if row is None:
        raise NotFound("There is no such calendar.")
    access = Access(
        organisation=row.organisation_id,
        subject=row.client_id,
        role="client",
        sign_in=row.id,
        device=None,
        stepped_up_at=None,
    )
    async with at_work(visit.session, access, visit.now, visit.keys, "readCalendar") as work:
        return await _told(work, row, await access_client(work, row.client_id))


async def _find(visit: Visit, token: Token) -> CalendarFeedRow | None:
    await enter(visit.session, token.organisation)
    row = await repository.find_feed(visit.session, token.organisation, token.sign_in)
    return row if row and same_secret(token.secret, row.secret_hash) else None


async def _told(work: Work, feed: CalendarFeedRow, owner: ClientRow) -> bytes:
    zone, titles = await zone_of(work, owner), titles_for(owner.locale)
    plan, changes = await read_plan(work, owner), await repository.list_changes(work.session, work.access)
    today = practice_date_of(work.now, zone, owner.day_start)
    span = Span(first=today - PAST, last=today + FUTURE)
    known = Changes(feed.made_at, changes)
    entries = list(times(plan, span, zone, titles, known))
    if feed.sessions:
        entries += appointments(plan, span, titles, known)
    # A plan of many times a day takes long to write down, and other requests need not wait for it.
    return await asyncio.to_thread(_written, titles.time, entries)


def _written(name: str, entries: list[Entry]) -> bytes:
    # Most servers are never asked for a calendar, and its library would be a twentieth of their start.
    from server.care.feeds.ics import calendar_of  # noqa: PLC0415

    return calendar_of(name, entries)
