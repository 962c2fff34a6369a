"""The seam to pauses: the one place that says which practice dates are set aside for reminders."""

from collections.abc import Collection
from datetime import date

from server.accounts.models import ClientRow
from server.accounts.work import Work


async def paused_dates(work: Work, client: ClientRow, first: date, days: int) -> Collection[date]:  # noqa: ARG001 (the interface, before there are pauses)
    """Return which of so many practice dates from the first on are paused; no pause is kept yet."""
    return frozenset()
