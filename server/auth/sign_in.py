"""Signing a member in by password, and by a second factor where they have one (decision 0014)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import hash_email
from server.accounts.organisations import find_organisation
from server.auth import guessing, repository
from server.auth.door import Door
from server.auth.entry import Begin, Passed, T, let_in
from server.auth.factors import challenges
from server.auth.factors import service as factors
from server.auth.known_devices import known_as, new_known_device
from server.auth.oidc.configure import require_other_ways
from server.auth.passwords import check_password
from server.auth.schemas import SecondFactorNeeded, SignIn
from server.db.tenancy import enter
from server.kit.errors import Unauthorised


class _Try(Struct, frozen=True, kw_only=True):
    """A counted guess at an account; `found` is None when there is no such account."""

    organisation: UUID
    account: bytes
    known: bytes | None
    places: Sequence[guessing.Bucket]
    found: repository.Known | None


async def sign_in(door: Door, data: SignIn, begin: Begin[T]) -> T | SecondFactorNeeded:
    """Sign a member in by password, or ask for their second factor.

    The hash is computed between two transactions: a slow one never keeps others waiting.

    Raises:
        Unauthorised: e-mail and password do not belong together; the same answer and duration for unknown accounts.
        Forbidden: this clinic's members sign in by its own provider only.
        TooManyRequests: too many wrong guesses; the wait doubles with each and is no lock that others can pull.
    """
    attempt = await _count(door, data)
    right = await check_password(data.password, attempt.found.password if attempt.found else None)
    if not right:
        raise _wrong()
    async with door.unit() as session:
        await enter(session, attempt.organisation)
        return await _go_on(door, session, attempt, begin)


async def _count(door: Door, data: SignIn) -> _Try:
    handle = data.organisation if isinstance(data.organisation, str) else None
    async with door.unit() as session:
        organisation = await find_organisation(session, handle)
        await require_other_ways(session, organisation)
        account = hash_email(door.keys, organisation, data.email)
        shown = data.known_device if isinstance(data.known_device, str) else ""
        known = known_as(door.keys, organisation, account, shown)
        places = guessing.buckets(door.keys, organisation, "password", account, door.address, known)
        await guessing.count(session, organisation, places, door.now)
        found = await repository.find_account(session, organisation, account)
    return _Try(organisation=organisation, account=account, known=known, places=places, found=found)


async def _go_on(door: Door, session: AsyncSession, attempt: _Try, begin: Begin[T]) -> T | SecondFactorNeeded:
    organisation = attempt.organisation
    found = await repository.find_account(session, organisation, attempt.account)
    if found is None or attempt.found is None or found.password != attempt.found.password:
        # Ended, or given another password, while the hash was computed.
        raise _wrong()
    await guessing.forgive(session, organisation, attempt.places, door.now)
    await repository.forget_old(
        session, organisation, door.now - guessing.FORGOTTEN_AFTER, door.now - timedelta(days=1)
    )
    kinds = await factors.kinds_of(session, organisation, found.member.id)
    if kinds:
        return challenges.ask(session, organisation, found.member.id, attempt.known, kinds, door.now)
    passed = Passed(
        organisation=organisation,
        member=found.member.id,
        role=found.member.role,
        made_by="password",
        known_device=new_known_device(door.keys, organisation, attempt.account),
    )
    return await let_in(session, door.keys, passed, door.now, begin)


def _wrong() -> Unauthorised:
    return Unauthorised("E-mail and password do not belong together.", code="wrong_credentials")
