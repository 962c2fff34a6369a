"""Opaque tokens: `<kind>_<organisation><id><secret>` in base64url, so that a look-up goes by primary key."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Literal
from uuid import UUID

from msgspec import Struct

# Access, refresh, console cookie, challenge of a second factor, known device, pairing link, invitation, calendar feed.
Kind = Literal["gwa", "gwr", "gws", "gwc", "gwk", "gwp", "gwi", "gwf"]
SECRET_BYTES = 32


class Token(Struct, frozen=True, kw_only=True):
    """A token taken apart: `sign_in` is the id of its row. Only the SHA-256 of `secret` is ever stored."""

    organisation: UUID
    sign_in: UUID
    secret: bytes

    def text(self, kind: Kind) -> str:
        """Write the token as it travels: `gwa_…` for access, `gwr_…` for refresh."""
        packed = self.organisation.bytes + self.sign_in.bytes + self.secret
        return f"{kind}_{urlsafe_b64encode(packed).decode()}"


def read_token(text: str, kind: Kind) -> Token | None:
    """Take a token apart; None when it is not one of this kind, or not written exactly as we write it."""
    prefix, _, packed = text.partition("_")
    if prefix != kind or not packed.isascii():
        return None
    try:
        raw = urlsafe_b64decode(packed)
    except (Error, ValueError):
        return None
    if len(raw) != 16 + 16 + SECRET_BYTES:
        return None
    token = Token(organisation=UUID(bytes=raw[:16]), sign_in=UUID(bytes=raw[16:32]), secret=raw[32:])
    # The decoder skips foreign characters and spare bits: without this, one token could be written in many ways.
    return token if token.text(kind) == text else None


def new_secret() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def hash_secret(secret: bytes) -> bytes:
    """Return what is stored of a secret: SHA-256 is enough for 128 random bits."""
    return hashlib.sha256(secret).digest()


def same_secret(secret: bytes, stored: bytes | None) -> bool:
    """Compare a presented secret with a stored hash, in constant time."""
    return stored is not None and hmac.compare_digest(hash_secret(secret), stored)
