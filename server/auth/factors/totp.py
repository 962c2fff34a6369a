"""Time-based one-time passwords: six digits, 30 seconds, SHA-1, as every authenticator app has them (RFC 6238)."""

import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP: Final = 30
# The step before as well, for people who are slow; never the next one, so that a code lives 60 seconds at most
# (RFC 6238 5.2; OWASP ASVS 5.0, 6.5.5). Phones take their time from a network.
WINDOW: Final = (-1, 0)
DIGITS: Final = 6


def new_secret() -> str:
    """Return 160 random bits in base32 (RFC 4226 4)."""
    return pyotp.random_base32()


def uri_of(secret: str, email: str, clinic: str) -> str:
    """Return the link that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=clinic)


def read_digits(typed: str) -> str | None:
    """Return the six digits of a typed code, or None when it is something else."""
    digits = typed.replace(" ", "")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def step_of(secret: str, digits: str, now: datetime, last: int | None) -> int | None:
    """Return the time step a code belongs to; None when it is wrong, or not newer than the last one (RFC 6238 5.2)."""
    present = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret)
    steps = [present + each for each in WINDOW]
    fitting = [step for step in steps if hmac.compare_digest(app.generate_otp(step), digits)]
    return next((step for step in fitting if last is None or step > last), None)
