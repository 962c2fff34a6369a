"""Opaque cursors: a place in a list, sealed for whom it was given to. Elsewhere it opens nothing and tells nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from server.kit.errors import FieldError, Invalid
from server.kit.sealed import Sealed
from server.vault.sealing import DataKey, Place, SealBroken


def write_cursor(key: DataKey, place: Place, number: int) -> str:
    """Return a cursor to what comes after this number."""
    return urlsafe_b64encode(key.seal(place, str(number))).decode()


def read_cursor(key: DataKey, place: Place, cursor: str | None) -> int | None:
    """Return the number a cursor was written for; None without one.

    Raises:
        Invalid: it was changed, or given to somebody else.
    """
    if cursor is None:
        return None
    try:
        return int(key.open(place, Sealed(urlsafe_b64decode(cursor))))
    except (Error, ValueError, SealBroken):
        error = FieldError(pointer="?cursor", code="wrong_format", detail="Use the cursor of the last answer.")
        raise Invalid("This cursor is none of this list.", errors=[error]) from None
