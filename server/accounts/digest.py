"""The digest of a scope: phone and server hold the same rows when it is equal (`sync.md`, Pull)."""

from hashlib import blake2b
from typing import Final
from uuid import UUID

_WRAP: Final = 2**64
_HALF: Final = 2**63


def term(item: UUID, version: int, *, deleted: bool) -> int:
    """Return what one row adds: the big-endian blake2b-64 of `id|version|deleted`, deleted being 0 or 1."""
    return int.from_bytes(blake2b(f"{item}|{version}|{int(deleted)}".encode(), digest_size=8).digest())


def added(digest: int, *terms: int) -> int:
    """Return a digest with these terms added, modulo 2^64, as the signed number a database holds."""
    return (digest + sum(terms) + _HALF) % _WRAP - _HALF


def told(digest: int) -> str:
    """Return a digest as phones compare it: 16 hexadecimal digits."""
    return f"{digest % _WRAP:016x}"
