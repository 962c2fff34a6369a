from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Whatever tells the time; services are given one so that tests can stand on any day."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)
