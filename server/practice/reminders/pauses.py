"""Which practice dates are set aside for reminders."""

from collections.abc import Collection
from datetime import date, timedelta

from server.accounts.models import ClientRow
from server.accounts.work import Work
from server.practice.pauses.repository import list_pauses
from server.practice.streaks.facts import Pause


async def paused_dates(work: Work, client: ClientRow, first: date, days: int) -> Collection[date]:
    """Return which of so many practice dates from the first on are paused (`streaks.md` R5)."""
    rows = await list_pauses(work.session, work.access, client.id)
    pauses = [Pause(first=row.from_date, last=row.to_date) for row in rows]
    dates = [first + timedelta(days=n) for n in range(days)]
    return frozenset(day for day in dates if any(pause.covers(day) for pause in pauses))
