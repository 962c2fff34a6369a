"""How somebody gets in who has proven who they are: by bearer tokens, or by a cookie of the console."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import MemberRole
from server.accounts.tokens import Token, hash_secret, new_secret
from server.audit.service import Entry, record
from server.auth.families import STAFF_LIFE, start_sign_in
from server.auth.models import SignInRow
from server.auth.schemas import ConsoleSession, MadeBy, Tokens
from server.auth.tokens import csrf_token
from server.kit.ids import new_id
from server.vault.keys import Keys


class Passed(Struct, frozen=True, kw_only=True):
    """A member who has proven who they are, and how; `known_device` is for the device they did it on."""

    organisation: UUID
    member: UUID
    role: MemberRole
    made_by: MadeBy
    known_device: str | UnsetType = UNSET


class ConsoleEntry(Struct, frozen=True, kw_only=True):
    """A sign-in at the console: what goes into cookies, and what is answered."""

    cookie: str
    known_device: str | UnsetType
    session: ConsoleSession


T = TypeVar("T")
Begin = Callable[[AsyncSession, Passed, datetime], T]


def begin_tokens(session: AsyncSession, passed: Passed, now: datetime) -> Tokens:
    """Begin a sign-in that is held by bearer tokens."""
    tokens = start_sign_in(session, passed.organisation, passed.member, passed.role, None, now, made_by=passed.made_by)
    return msgspec.structs.replace(tokens, known_device=passed.known_device)


def begin_console(session: AsyncSession, passed: Passed, now: datetime) -> ConsoleEntry:
    """Begin a sign-in that is held by a cookie: it slides for 30 minutes within 12 hours and is never refreshed."""
    key, secret = new_secret(), new_secret()
    row = SignInRow(
        organisation_id=passed.organisation,
        id=new_id(),
        subject_id=passed.member,
        role=passed.role,
        device_id=None,
        made_by=passed.made_by,
        console=True,
        successor_key=key,
        access_hash=hash_secret(secret),
        access_expires_at=now + STAFF_LIFE[0],
        refresh_hash=hash_secret(new_secret()),
        refresh_expires_at=now + STAFF_LIFE[0],
        rotated_at=now,
        started_at=now,
    )
    session.add(row)
    answer = ConsoleSession(
        csrf_token=csrf_token(key), role=passed.role, subject_id=passed.member, expires_at=row.access_expires_at
    )
    cookie = Token(organisation=passed.organisation, sign_in=row.id, secret=secret).text("gws")
    return ConsoleEntry(cookie=cookie, known_device=passed.known_device, session=answer)


async def let_in(session: AsyncSession, keys: Keys, passed: Passed, now: datetime, begin: Begin[T]) -> T:
    """Begin a member's sign-in and write it into the audit."""
    begun = begin(session, passed, now)
    await session.flush()
    entry = Entry(at=now, actor=passed.member, role=passed.role, action="signIn", object=passed.member)
    await record(session, keys, passed.organisation, entry)
    return begun
