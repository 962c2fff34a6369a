"""Where an assignment stands, and what pausing, going on and ending make of it."""

from datetime import date, timedelta
from typing import Protocol

from msgspec import UnsetType
from msgspec.structs import replace

from server.care.schemas import AssignmentPause, AssignmentStatus

DAY = timedelta(days=1)

Pauses = tuple[AssignmentPause, ...]


class Dated(Protocol):
    """The dates of an assignment."""

    from_date: date
    to_date: date | None
    pauses: Pauses


def status_on(given: Dated, today: date) -> AssignmentStatus:
    """Return how an assignment stands on a date: `ended` when nothing of it can be due then or later."""
    paused = is_paused(given.pauses, today)
    last = given.to_date or date.max
    if last < given.from_date or last < today or (last == today and paused):
        return "ended"
    if paused:
        return "paused"
    return "planned" if today < given.from_date else "active"


def is_paused(pauses: Pauses, day: date) -> bool:
    """Tell whether a date is set aside."""
    return any(pause.covers(day) for pause in pauses)


def pause(given: Dated, today: date) -> None:
    """Set an assignment aside from today on."""
    if not is_paused(given.pauses, today):
        given.pauses = (*given.pauses, AssignmentPause(from_date=today))


def go_on(given: Dated, today: date) -> None:
    """Let an assignment go on today: what was set aside until yesterday stays so."""
    given.pauses = tuple(_until(each, today - DAY) for each in given.pauses if each.from_date < today)


def end(given: Dated, today: date) -> None:
    """Let today be the last day of an assignment, and nothing of it be due on it any more.

    Today stays one of its dates, so that a practice of today keeps counting (`streaks.md` R16). What has not begun
    has no dates at all.
    """
    if today < given.from_date:
        given.to_date = given.from_date - DAY
        return
    given.to_date = today
    if not is_paused(given.pauses, today):
        given.pauses = (*given.pauses, AssignmentPause(from_date=today, to_date=today))


def from_day_on(pauses: Pauses, first: date) -> Pauses:
    """Return what is set aside from a day on: what an assignment takes along when it is moved."""
    last = (each for each in pauses if isinstance(each.to_date, UnsetType) or each.to_date >= first)
    return tuple(replace(each, from_date=max(first, each.from_date)) for each in last)


def _until(each: AssignmentPause, last: date) -> AssignmentPause:
    is_over = not isinstance(each.to_date, UnsetType) and each.to_date <= last
    return each if is_over else replace(each, to_date=last)
