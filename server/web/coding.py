"""Content codings that an answer can be sent in, smallest first where a caller likes several alike (RFC 9110 8.4.1)."""

import gzip
from collections.abc import Callable, Mapping
from typing import Final

import brotli
import zstandard

IDENTITY: Final = "identity"
# Measured on the catalogue's answers: more effort takes ten times as long and saves a tenth.
_PACKERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "zstd": lambda body: zstandard.ZstdCompressor(level=9).compress(body),
    "gzip": lambda body: gzip.compress(body, mtime=0),
}
CODINGS: Final = (*_PACKERS, IDENTITY)
_WORTH_IT_FROM_BYTES: Final = 1024


def packed(body: bytes, coding: str) -> bytes | None:
    """Return the body in a coding, the same whenever it is made; None where that is not worth its bytes."""
    if coding == IDENTITY or len(body) < _WORTH_IT_FROM_BYTES:
        return None
    smaller = _PACKERS[coding](body)
    return smaller if len(smaller) < len(body) else None
