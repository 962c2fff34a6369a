"""Where a list goes on: opaque to callers, who only hand back what they were given."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from server.catalogue.search import Query
from server.kit.errors import Conflict, FieldError, Invalid

MOST_CHARACTERS: Final = 120


class Cursor(Struct, frozen=True, array_like=True):
    """How many items have been told of an answer to a query, by one version of the catalogue."""

    version: str
    query: bytes
    told: int


def write_cursor(version: str, query: Query, told: int) -> str:
    """Return a cursor as callers keep it."""
    packed = msgspec.msgpack.encode(Cursor(version, _digest(query), told))
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(version: str, query: Query) -> int:
    """Return how many items the caller of a query has been told already.

    Raises:
        Invalid: the cursor is none of ours, or another query's.
        Conflict: the catalogue has another version now, in which the place may lie elsewhere.
    """
    if query.cursor is None:
        return 0
    try:
        found = msgspec.msgpack.decode(urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4)), type=Cursor)
    except (Error, ValueError, msgspec.DecodeError):
        found = None
    if found is None or found.query != _digest(query) or found.told < 0:
        error = FieldError(pointer="?cursor", code="wrong_format", detail="Use the cursor of this query's last answer.")
        raise Invalid("This is no cursor of this query.", errors=[error])
    if found.version != version:
        raise Conflict("The catalogue has changed since. Begin again, without a cursor.", code="catalogue_changed")
    return found.told


def _digest(query: Query) -> bytes:
    """Return what stands for all that decides which items there are and in which order."""
    plain = replace(query, cursor=None, limit=0, facets=False, version=None)
    return blake2b(msgspec.msgpack.encode(plain), digest_size=8).digest()
