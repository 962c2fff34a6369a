"""Cursors of the feed, `epoch.version`: opaque to phones, who only hand back what they were given (`sync.md`, Pull)."""

import re
from typing import Final
from uuid import UUID

from msgspec import Struct

from server.kit.errors import FieldError, Invalid

# An epoch, a point and a version. The published document tells the length alone: phones need not look into it.
MOST_CHARACTERS: Final = 60
_FORMAT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(0|[1-9][0-9]{0,17})")


class Cursor(Struct, frozen=True, kw_only=True):
    """A place in the scope of one client, in one epoch."""

    epoch: UUID
    version: int


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as phones keep it."""
    return f"{cursor.epoch}.{cursor.version}"


def read_cursor(text: str) -> Cursor:
    """Return what a phone handed back.

    Raises:
        Invalid: it is none of ours.
    """
    if not _FORMAT.fullmatch(text):
        error = FieldError(pointer="?since", code="wrong_format", detail="Use the cursor of the last answer.")
        raise Invalid("This is no cursor.", errors=[error])
    epoch, _, version = text.partition(".")
    return Cursor(epoch=UUID(epoch), version=int(version))
