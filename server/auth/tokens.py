"""Opaque tokens: `<kind>_<organisation><id><secret>` in base64url, so that a look-up goes by primary key."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Literal
from uuid import UUID

from msgspec import Struct

# Access, refresh, console cookie, challenge of a second factor, known device, pairing link, invitation.
Kind = Literal["gwa", "gwr", "gws", "gwc", "gwk", "gwp", "gwi"]
SECRET_BYTES = 32
_HALF = SECRET_BYTES // 2


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


def first_refresh(key: bytes) -> bytes:
    """Return the first refresh secret of a family: 128 random bits, and the family's mark on them."""
    return _marked(key, secrets.token_bytes(_HALF))


def next_refresh(key: bytes, refresh: bytes) -> bytes:
    """Return the one refresh secret that follows another, so that a lost answer can be given again.

    Who has only the database lacks `refresh`; who has only the token lacks `key` (`security.md`, Signing in).
    """
    return _marked(key, hmac.digest(key, b"gwr" + refresh, "sha256")[:_HALF])


def next_access(key: bytes, refresh: bytes) -> bytes:
    """Return the one access secret that is answered to a refresh secret."""
    return hmac.digest(key, b"gwa" + refresh, "sha256")


def is_genuine(key: bytes, refresh: bytes) -> bool:
    """Whether a refresh secret was once made for this family; nobody without `key` can make one that is."""
    return hmac.compare_digest(_marked(key, refresh[:_HALF]), refresh)


def csrf_token(key: bytes) -> str:
    """Return what a page of the console shows with each change, bound to its sign-in."""
    return urlsafe_b64encode(hmac.digest(key, b"csrf", "sha256")).decode()


def _marked(key: bytes, random: bytes) -> bytes:
    return random + hmac.digest(key, b"genuine" + random, "sha256")[:_HALF]
