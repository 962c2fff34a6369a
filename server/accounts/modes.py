"""What a mode means today, and when nothing is asked or told of a client (issue 4 "Build" 1; `streaks.md` R17).

Pure: it reads and writes one row that its caller has let through and records.
"""

from datetime import datetime

from server.accounts.models import ClientRow
from server.accounts.schemas import Display, Mode


def enter_mode(row: ClientRow, mode: Mode) -> None:
    """Put a client into a mode; entering palliative switches the streak off, and only the client switches it on."""
    if mode == "palliative" and row.mode != "palliative":
        row.display = "off"
    row.mode = mode


def silenced_since(row: ClientRow) -> datetime | None:
    """Return since when nothing is asked or told of a client; None when that is not so."""
    return next((each.at for each in row.silences if each.lifted_at is None), None)


def shown_display(row: ClientRow) -> Display:
    """Return how much of a streak is shown: nothing while the client is silenced."""
    return row.display if silenced_since(row) is None else "off"
