"""Instants, zones and practice dates (streaks.md R1): the wall clock decides, never elapsed hours."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

# Nobody practises outside of these years, and within them no zone, window or span leaves the calendar. A phone whose
# clock has died says 1970, and its facts are kept.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class UnknownZoneError(ValueError):
    """The IANA database has no zone of this name."""


@cache
def zone_named(name: str) -> ZoneInfo:
    """Look up an IANA zone.

    Raises:
        UnknownZoneError: there is none; the sentence does not repeat the name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZoneError("The zone is not an IANA zone name") from None


def on_calendar(when: date) -> bool:
    """Tell whether a date or an instant lies in the years that can be reckoned with: 1900 to 2199."""
    return FIRST_YEAR <= when.year <= LAST_YEAR


@cache
def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def practice_date_of(instant: datetime, zone: str, day_start: time) -> date:
    """Give the date a practice belongs to: the local date, or the one before while it is not yet `day_start` (R1).

    In the hour that a clock shows twice, the reading of the clock decides both times.

    Raises:
        UnknownZoneError: `zone` is not an IANA name.
    """
    return (instant.astimezone(zone_named(zone)) - _since_midnight(day_start)).date()
