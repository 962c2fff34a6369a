"""What follows from the secret of a sign-in: the next refresh and access secrets, and the console's CSRF token."""

import hmac
import secrets
from base64 import urlsafe_b64encode

from server.accounts.tokens import SECRET_BYTES

_HALF = SECRET_BYTES // 2


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
