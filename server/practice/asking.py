"""Reading the two instants of a report from what was asked."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from server.kit.days import on_calendar
from server.kit.errors import FieldError, Invalid
from server.practice.standing import Seen

DATE_ONLY: Final = len("2026-06-01")
LAST_OF_A_DAY: Final = timedelta(days=1, microseconds=-1)


def seen_at(now: datetime, as_of: str | None, known_at: datetime | None) -> Seen:
    """Return the instants meant: now, where nothing is said; what is to come is not known yet.

    Raises:
        Invalid: no such date or instant, one without a zone, one beyond the calendar, or one that is still to come.
    """
    then = now if as_of is None else min(_read(as_of), now) if len(as_of) == DATE_ONLY else _read(as_of)
    known = known_at or now
    for pointer, moment in (("?as_of", then), ("?known_at", known)):
        if moment.tzinfo is None or not on_calendar(moment) or moment > now:
            raise _wrong(pointer)
    return Seen(as_of=then, known_at=known)


def _read(told: str) -> datetime:
    try:
        if len(told) == DATE_ONLY:
            return datetime.combine(date.fromisoformat(told), time(), tzinfo=UTC) + LAST_OF_A_DAY
        return datetime.fromisoformat(told)
    except (ValueError, OverflowError):
        raise _wrong("?as_of") from None


def _wrong(pointer: str) -> Invalid:
    detail = "A date, or an instant with its zone, that is not still to come."
    return Invalid(
        "This is no time to look from.", errors=[FieldError(pointer=pointer, code="out_of_range", detail=detail)]
    )
