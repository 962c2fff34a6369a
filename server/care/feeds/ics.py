"""A calendar as RFC 5545 writes it, of events that say when and nothing else. Equal events make equal bytes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from icalendar import Calendar, Event, Timezone, vDuration

from server.care.feeds.entries import Entry

# Apps that heed it read a few times a day; how often they really do is theirs to decide.
REFRESH: Final = timedelta(hours=6)
# It names nobody who could be looked up.
PRODUCT: Final = "-//calendar//EN"


def calendar_of(name: str, entries: Iterable[Entry]) -> bytes:
    """Write a calendar: the definition of each zone in use, then the events."""
    events = sorted(entries, key=lambda each: (str(each.start), each.id))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    starts = [each.start for each in events if isinstance(each.start, datetime)]
    for zone in sorted({str(start.tzinfo) for start in starts}):
        years = [start.year for start in starts if str(start.tzinfo) == zone]
        calendar.add_component(_zone(zone, min(years), max(years)))
    for each in events:
        calendar.add_component(_event(each))
    return bytes(calendar.to_ical())


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> Timezone:
    """Define a zone by its changes from the year before on; computing them takes longer than all the rest."""
    zone = Timezone.from_tzid(name, first_date=date(first - 1, 1, 1), last_date=date(last + 1, 12, 31))
    # The library's remark about these years; a calendar has no sentence that is not ours.
    zone.pop("COMMENT", None)
    return zone


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", str(entry.id))
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("sequence", entry.revision)
    event.add("summary", entry.title)
    event.add("dtstart", entry.start)
    if entry.length:
        event.add("duration", entry.length)
    event.add("class", "PRIVATE")
    # Whoever may see when somebody is busy does not see this.
    event.add("transp", "TRANSPARENT")
    return event
