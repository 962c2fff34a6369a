"""Recovery codes: 24 Crockford characters (120 bits), so that a plain hash is enough (OWASP ASVS 5.0, 6.5.2)."""

import hashlib
import secrets

from server.auth.codes import ALPHABET, cleaned

HOW_MANY = 10
LENGTH = 24
_GROUP = 6


def new_codes() -> list[str]:
    """Return ten codes as they are shown: `ABCDEF-GHJKMN-PQRSTV-WXYZ01`."""
    return [_shown("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))) for _ in range(HOW_MANY)]


def hash_typed(typed: str) -> bytes:
    """Return what is stored of a code, forgiving case, dashes, spaces and look-alikes in what was typed."""
    return hashlib.sha256(cleaned(typed).encode()).digest()


def _shown(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))
