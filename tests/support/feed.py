"""Pulling a client's feed, and its digest, by the words of `docs/sync.md` and no code of the server."""

from collections.abc import AsyncIterator, Iterable
from hashlib import blake2b
from typing import Any

from support.clinic import Person


async def pull(phone: Person, cursor: str | None = None, limit: int = 500) -> AsyncIterator[dict[str, Any]]:
    """Yield the pages from a cursor to the head."""
    more = True
    while more:
        since = {} if cursor is None else {"since": cursor}
        page = await phone.get("/v1/me/changes", params={"limit": limit, **since})
        cursor, more = page["cursor"], page["has_more"]
        yield page


async def whole(phone: Person, limit: int = 500) -> dict[str, dict[str, Any]]:
    """Return every row of a client's scope by id, tombstones with them."""
    return {row["id"]: row async for page in pull(phone, limit=limit) for row in page["items"]}


def digest_of(rows: Iterable[dict[str, Any]]) -> str:
    """Return the digest that the head must have, to tell of these rows."""
    terms = (f"{row['id']}|{row['version']}|{int(row['deleted'])}".encode() for row in rows)
    return f"{sum(int.from_bytes(blake2b(each, digest_size=8).digest()) for each in terms) % 2**64:016x}"
