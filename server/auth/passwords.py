from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 15
# `security.md`, Signing in: argon2id with 46 MiB, one pass, one lane; at most four at once, in a pool of their own.
_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_pool = CapacityLimiter(4)
# The hash of a password that was thrown away: checked when the account is unknown, so that both take the same time.
NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$Su0dEed7dnhE2GouNZq+zQ$JGgYAG8uM4hkDjkdT/OOsfIiGJBkUmpss5GfFKnRGIk"


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, away from the event loop."""
    return await to_thread.run_sync(_hasher.hash, password, limiter=_pool)


async def check_password(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long when there is no account (`stored` None)."""
    matches = await to_thread.run_sync(_matches, stored or NOBODY, password, limiter=_pool)
    return matches and stored is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
