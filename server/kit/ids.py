from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: unique, and sorted by the millisecond it was made in (RFC 9562 5.7)."""
    return uuid7()
