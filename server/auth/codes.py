"""Pairing codes: ten Crockford characters, read out aloud. Five find the row, five are the secret with five tries."""

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HALF = 5
# What a reader may have heard or typed instead (Crockford's base 32).
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """Return ten random characters, 50 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(2 * HALF))


def show_code(code: str) -> str:
    """Group a code for reading out: `ABCDE-FGHJK`."""
    return f"{code[:HALF]}-{code[HALF:]}"


def read_code(typed: str) -> tuple[str, str]:
    """Return (locator, secret) of what was typed, forgiving case, dashes, spaces and look-alikes."""
    code = cleaned(typed)
    return code[:HALF], code[HALF:]


def cleaned(typed: str) -> str:
    """Return what was typed in the alphabet's own characters."""
    return typed.upper().translate(_HEARD)


def hash_code(secret: str) -> bytes:
    """Return what is stored of a code's secret half; it lives 15 minutes and five tries, so speed is no weakness."""
    return hashlib.sha256(secret.encode()).digest()


def same_code(secret: str, stored: bytes) -> bool:
    """Compare a typed secret half with the stored hash, in constant time."""
    return hmac.compare_digest(hash_code(secret), stored)
