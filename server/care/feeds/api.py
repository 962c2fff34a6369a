from typing import Any, Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.work import Visit, Work
from server.care.feeds import service
from server.care.feeds.schemas import CalendarFeeds, MadeCalendarFeed, NewCalendarFeed
from server.web.policy import allow, allow_everybody
from server.web.problems import problems
from server.web.reply import Reply

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_KEPT_NOWHERE: Final = {"Cache-Control": "private, no-store"}


@get("/v1/me/calendar-feeds", operation_id="listCalendarFeeds", responses=problems(401, 403), **allow("client"))
async def list_feeds(work: NamedDependency[Work]) -> CalendarFeeds:
    """List the caller's calendar feeds, without their addresses."""
    return await service.list_feeds(work)


@post(
    "/v1/me/calendar-feeds",
    operation_id="addCalendarFeed",
    responses=problems(400, 401, 403, 409),
    **allow("client"),
)
async def add_feed(data: JSONBody[NewCalendarFeed], work: NamedDependency[Work], state: State) -> MadeCalendarFeed:
    """Make an address at which a calendar app reads when something is planned; it says nothing of what."""
    return await service.add_feed(work, data, state.public_url)


@delete(
    "/v1/me/calendar-feeds/{calendar_feed_id:uuid}",
    operation_id="endCalendarFeed",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def end_feed(calendar_feed_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End a calendar feed; its address finds nothing from the next request on."""
    await service.end_feed(work, calendar_feed_id)


@get(
    "/v1/calendar/{feed:str}",
    operation_id="readCalendar",
    responses=problems(404),
    media_type=MEDIA_TYPE,
    **allow_everybody(),
)
async def read_calendar(feed: FromPath[str], look: NamedDependency[Visit]) -> Response[bytes]:
    """Read a calendar by its secret address, as RFC 5545 has it: four weeks back and three months ahead."""
    return Reply(await service.read_calendar(look, feed), media_type=MEDIA_TYPE, headers=_KEPT_NOWHERE)


HANDLERS: list[Any] = [list_feeds, add_feed, end_feed, read_calendar]
