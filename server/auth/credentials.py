import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.guessable import is_guessable
from server.auth.models import PasswordRow
from server.auth.passwords import MIN_LENGTH, hash_password
from server.kit.errors import FieldError, Invalid

# Without the words that everybody guesses first, this much of a password must be left (OWASP ASVS 5.0, 6.2.11).
OWN_CHARACTERS: Final = 10
DIFFERENT_CHARACTERS: Final = 5
_WORD: Final = 3
_BETWEEN: Final = re.compile(r"[\s@.-]+")
_ALWAYS: Final = ("groundwork", "password", "passwort", "qwertyuiop", "1234567890")


async def set_password(
    session: AsyncSession,
    organisation: UUID,
    member: UUID,
    password: str,
    now: datetime,
    words: Iterable[str] = (),
) -> None:
    """Give a member a password, or another one. Where others wait for the transaction, hash it before.

    Raises:
        Invalid: see `check_new_password`.
    """
    await check_new_password(password, words)
    await store_password(session, organisation, member, await hash_password(password), now)


async def store_password(session: AsyncSession, organisation: UUID, member: UUID, stored: str, now: datetime) -> None:
    """Keep a password that `check_new_password` let through and `hash_password` hashed."""
    await session.merge(PasswordRow(organisation_id=organisation, member_id=member, hash=stored, changed_at=now))
    await session.flush()


async def check_new_password(password: str, words: Iterable[str], pointer: str = "/password") -> None:
    """Refuse a password that is too short, easy to guess, or little more than the words around its owner.

    `words`: their e-mail address and name, the clinic's handle and name.

    Raises:
        Invalid: pointing at the field.
    """
    if len(password) < MIN_LENGTH:
        raise _refused("short_password", f"A password has at least {MIN_LENGTH} characters.", pointer)
    parts = {part for word in words for part in (word, *_BETWEEN.split(word)) if len(part) > _WORD}
    if _is_of(parts, password) or await is_guessable(password, parts):
        raise _refused("guessable_password", "This password is too easy to guess. Use words of your own.", pointer)


def _is_of(parts: set[str], password: str) -> bool:
    left = password.casefold()
    for part in sorted({*parts, *_ALWAYS}, key=len, reverse=True):
        left = left.replace(part.casefold(), "")
    return len(left) < OWN_CHARACTERS or len(set(left)) < DIFFERENT_CHARACTERS


def _refused(code: str, sentence: str, pointer: str) -> Invalid:
    return Invalid(sentence, code=code, errors=[FieldError(pointer=pointer, code=code, detail=sentence)])
