from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: unique, and sorted by the millisecond it was made in (RFC 9562 5.7)."""
    return uuid7()


def new_name() -> str:
    """Return such an id as text, for what is named and never looked up."""
    return str(uuid_utils.uuid7())
