"""When a phone reminds its owner: pure, on the wall clock of where they are (content brief 7.2.9).

At most once a date, never in quiet hours, never from two hours before a session to the next morning.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from msgspec import Struct

from server.kit.days import zone_named

DAY: Final = timedelta(days=1)
BEFORE_SESSION: Final = timedelta(hours=2)
# The morning after a session, unless quiet hours last longer.
MORNING: Final = time(8)
JITTER_SECONDS: Final = 600
STOP_AFTER_UNOPENED: Final = 5


class Time(Struct, frozen=True, kw_only=True):
    """On these days of the week (0 is Monday) at this wall-clock time."""

    days: frozenset[int]
    at: time


class Wish(Struct, frozen=True, kw_only=True):
    """What a client has asked for. Equal ends of the quiet hours: there are none."""

    times: tuple[Time, ...]
    quiet_from: time
    quiet_to: time

    def is_quiet(self, at: time) -> bool:
        """Whether a wall-clock time lies in the quiet hours, which may pass midnight."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to


class Life(Struct, frozen=True, kw_only=True):
    """What stands in the way: where the client is, when their day begins, sessions, and practice dates set aside."""

    zone: str
    day_start: time
    sessions: Sequence[datetime]
    paused: Collection[date]


def schedule(client: UUID, wish: Wish, life: Life, first: date, days: int) -> Iterator[datetime]:
    """Yield the wall-clock times of reminders, without a zone, on so many dates from the first on."""
    blocked = [_around(session, wish, life) for session in life.sessions]
    for day in (first + n * DAY for n in range(days)):
        on = sorted(each.at for each in wish.times if day.weekday() in each.days)
        moments = (_moved(client, wish, datetime.combine(day, at)) for at in on)
        fit = (each for each in moments if _is_free(each, wish, life, blocked))
        yield from [each for each in (next(fit, None),) if each]


def jitter(client: UUID, day: date) -> timedelta:
    """Return how far the reminders of a date are moved: ten minutes at most, so that phones do not all call at once."""
    drawn = int.from_bytes(blake2b(f"{client}|{day.isoformat()}".encode(), digest_size=8).digest())
    return timedelta(seconds=drawn % (2 * JITTER_SECONDS + 1) - JITTER_SECONDS)


def _moved(client: UUID, wish: Wish, planned: datetime) -> datetime:
    moved = planned + jitter(client, planned.date())
    return planned if moved.date() != planned.date() or wish.is_quiet(moved.time()) else moved


def _is_free(wall: datetime, wish: Wish, life: Life, blocked: Sequence[tuple[datetime, datetime]]) -> bool:
    practice_date = wall.date() if wall.time() >= life.day_start else wall.date() - DAY
    instant = wall.replace(tzinfo=zone_named(life.zone))
    around = any(begin <= instant < end for begin, end in blocked)
    return not (around or wish.is_quiet(wall.time()) or practice_date in life.paused)


def _around(session: datetime, wish: Wish, life: Life) -> tuple[datetime, datetime]:
    zone = zone_named(life.zone)
    next_date = session.astimezone(zone).date() + DAY
    morning = max(MORNING, wish.quiet_to) if wish.quiet_from != wish.quiet_to else MORNING
    return session - BEFORE_SESSION, datetime.combine(next_date, morning, tzinfo=zone)
