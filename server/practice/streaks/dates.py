"""Instants, zones and the spans of practice dates (streaks.md R6, R7)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from server.kit.days import practice_date_of, zone_named
from server.practice.streaks.facts import ZoneChange

DAY = timedelta(days=1)
# Daylight saving moves no clock by more than two hours: a larger jump is a country that crosses the date line.
LEAP = timedelta(hours=3)


@lru_cache(maxsize=4096)
def day_begins(day: date, zone: str, day_start: time) -> datetime:
    """Find the instant (UTC) from which the wall clock says `day`, and no longer the day before.

    Where the clock shows `day_start` twice that is the second time; where it jumps over `day_start`, the jump.
    """
    wall = datetime.combine(day, day_start, tzinfo=zone_named(zone))
    earlier, later = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
    if earlier >= later:
        return earlier
    while later - earlier > timedelta(seconds=1):
        middle = (earlier + (later - earlier) / 2).replace(microsecond=0)
        if practice_date_of(middle, zone, day_start) < day:
            earlier = middle
        else:
            later = middle
    return later


@cache
def _leaps(zone: str, year: int) -> bool:
    """Tell whether the zone changed sides of the date line around this year."""
    tz = zone_named(zone)
    edges = datetime(year, 1, 1, tzinfo=UTC) - 31 * DAY, datetime(year, 12, 31, tzinfo=UTC) + 31 * DAY
    before, after = (edge.astimezone(tz).utcoffset() or timedelta() for edge in edges)
    return abs(after - before) >= LEAP


class ZoneHistory:
    """The zones a client has lived in up to now. The first reaches back for ever, the last one is in force.

    A change dated later than now has not happened. Of several changes at one instant, the last by name holds.
    """

    def __init__(self, changes: Iterable[ZoneChange], now: datetime, day_start: time) -> None:
        ordered = list(dict(sorted((change.at, change.zone) for change in changes)).items())
        if not ordered:
            raise ValueError("A client has at least one zone")
        known = [change for change in ordered if change[0] <= now] or ordered[:1]
        self._zones = [zone for _, zone in known]
        self._since = [datetime.min.replace(tzinfo=UTC), *(at for at, _ in known[1:])]
        self._day_start = day_start
        self._years_at_date_line: dict[int, bool] = {}
        self._travelled = frozenset(self._days_around_changes())

    def date_at(self, instant: datetime, zone: str | None = None) -> date:
        """Give the practice date of an instant, in `zone` or else in the client's zone at that moment (R1)."""
        return practice_date_of(instant, zone or self._zone_at(instant), self._day_start)

    def first_date_from(self, instant: datetime) -> date:
        """Give the earliest practice date lived since `instant`: the ones before it have ended for good (R8)."""
        later = range(bisect_right(self._since, instant), len(self._since))
        lived = [(instant, self._zone_at(instant)), *((self._since[i], self._zones[i]) for i in later)]
        return min(self._date_for_good(moment, zone) for moment, zone in lived)

    def is_shorter(self, day: date, hours: float) -> bool:
        """Tell whether the client lived fewer than `hours` of this date (R6)."""
        unusual = day in self._travelled or self._crosses_date_line(day.year)
        return unusual and self._lived(day) < timedelta(hours=hours)

    def _date_for_good(self, instant: datetime, zone: str) -> date:
        """Give the date of an instant, or the one before if the clock will still be put back into it."""
        day = self.date_at(instant, zone)
        return day if day_begins(day, zone, self._day_start) <= instant else day - DAY

    def _crosses_date_line(self, year: int) -> bool:
        if year not in self._years_at_date_line:
            self._years_at_date_line[year] = any(_leaps(zone, year) for zone in set(self._zones))
        return self._years_at_date_line[year]

    def _zone_at(self, instant: datetime) -> str:
        return self._zones[bisect_right(self._since, instant) - 1]

    def _days_around_changes(self) -> Iterable[date]:
        for i in range(1, len(self._since)):
            days = [self.date_at(self._since[i], zone) for zone in (self._zones[i - 1], self._zones[i])]
            for offset in range(-1, (max(days) - min(days)).days + 2):
                yield min(days) + offset * DAY

    def _lived(self, day: date) -> timedelta:
        """Sum the parts of a date lived in each zone, where it runs from day start to day start."""
        noon = datetime.combine(day, time(12), tzinfo=UTC)
        first = bisect_right(self._since, noon - 3 * DAY) - 1
        until = [*self._since[1:], datetime.max.replace(tzinfo=UTC)]
        lived = timedelta()
        for i in range(max(first, 0), bisect_left(self._since, noon + 3 * DAY)):
            begins = max(day_begins(day, self._zones[i], self._day_start), self._since[i])
            ends = min(day_begins(day + DAY, self._zones[i], self._day_start), until[i])
            lived += max(ends - begins, timedelta())
        return lived
