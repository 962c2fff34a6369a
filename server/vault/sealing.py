import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from server.kit.sealed import Sealed

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_FORMAT: Final = b"\x01"
_NONCE: Final = len(_FORMAT) + 4
_BODY: Final = _NONCE + NONCE_BYTES


class SealBroken(Exception):  # noqa: N818 - what happened, as it is told
    """A sealed value does not open here: it was changed, moved, or sealed with another key."""

    def __init__(self) -> None:
        super().__init__("A sealed value does not open with this key in this place.")


class Place(Struct, frozen=True, kw_only=True):
    """Where a sealed value stands; it opens nowhere else (`security.md`, Data).

    `owner` is the client whose key seals it, or the organisation itself for what belongs to no client.
    """

    table: str
    column: str
    organisation: UUID
    owner: UUID
    row: UUID


class DataKey(Struct, frozen=True, kw_only=True):
    """The key that seals one owner's texts: 256 random bits, in clear only in memory."""

    version: int
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey(version={self.version}, …)"

    def seal(self, place: Place, text: str) -> Sealed:
        """Return AES-256-GCM of the text: a format byte, key version (4 bytes), nonce (12), ciphertext and tag (16).

        The nonce is random: a key may seal 2^32 texts (NIST SP 800-38D 8.3), far more than one person writes.
        """
        nonce = os.urandom(NONCE_BYTES)
        body = AESGCM(self.secret).encrypt(nonce, text.encode(), self._bound_to(place))
        return Sealed(self._header() + nonce + body)

    def open(self, place: Place, sealed: Sealed) -> str:
        """Return the text that was sealed with this key in this place.

        Raises:
            SealBroken: anything is not as it was sealed.
        """
        if sealed[:_NONCE] != self._header():
            raise SealBroken
        return opened(self.secret, sealed[_NONCE:_BODY], sealed[_BODY:], self._bound_to(place)).decode()

    def _header(self) -> bytes:
        return _FORMAT + self.version.to_bytes(4)

    def _bound_to(self, place: Place) -> bytes:
        return framed(
            place.table.encode(),
            place.column.encode(),
            place.organisation.bytes,
            place.owner.bytes,
            place.row.bytes,
            self._header(),
        )


def new_data_key() -> DataKey:
    """Make the first key of an owner."""
    return DataKey(version=1, secret=os.urandom(KEY_BYTES))


def framed(*parts: bytes) -> bytes:
    """Join parts, each behind its length: no two different lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def opened(secret: bytes, nonce: bytes, body: bytes, bound_to: bytes) -> bytes:
    """Return what AES-256-GCM sealed with this associated data.

    Raises:
        SealBroken: key, nonce, ciphertext or associated data are others, or too short.
    """
    try:
        return AESGCM(secret).decrypt(nonce, body, bound_to)
    except (InvalidTag, ValueError):
        raise SealBroken from None
