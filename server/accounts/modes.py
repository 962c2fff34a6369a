"""What a mode means today, and when nothing is asked or told of a client (issue 4 "Build" 1; `streaks.md` R17).

Pure: it reads and writes one row that its caller has let through and records.
"""

from datetime import datetime
from typing import Protocol

from server.accounts.models import ClientRow
from server.accounts.schemas import Display, Mode, Silence


def enter_mode(row: ClientRow, mode: Mode) -> None:
    """Put a client into a mode; entering palliative switches the streak off, and only the client switches it on."""
    if mode == "palliative" and row.mode != "palliative":
        row.display = "off"
    row.mode = mode


class Shown(Protocol):
    """A client, or what was read of one: how much of the streak they chose to see, and when they were silenced."""

    @property
    def display(self) -> Display: ...  # noqa: D102
    @property
    def silences(self) -> tuple[Silence, ...]: ...  # noqa: D102


def silenced_since(row: Shown) -> datetime | None:
    """Return since when nothing is asked or told of a client; None when that is not so."""
    return next((each.at for each in row.silences if each.lifted_at is None), None)


def shown_display(row: Shown) -> Display:
    """Return how much of a streak is shown: nothing while the client is silenced."""
    return row.display if silenced_since(row) is None else "off"
