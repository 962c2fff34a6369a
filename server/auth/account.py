"""What a member does about their own account."""

from uuid import UUID

from server.accounts.members import member_place
from server.accounts.policy import note
from server.accounts.work import Work
from server.auth import repository
from server.auth.credentials import check_new_password, store_password
from server.auth.door import Caller
from server.auth.factors import repository as factors
from server.auth.passwords import check_password, hash_password
from server.auth.schemas import Account, ChangePassword, CsrfToken, OwnSignIn, OwnSignIns
from server.auth.step_up import NotProven, count_own_guess, forgive_own_guess
from server.auth.tokens import csrf_token
from server.kit.errors import NotFound


async def read_account(work: Work) -> Account:
    """Return the member who asks."""
    access = work.access
    key = await work.vault.key(access.organisation, access.organisation)
    member, clinic = await factors.find_owner(work.session, access)
    return Account(
        id=member.id,
        name=key.open(member_place(access.organisation, member.id, "name"), member.name),
        email=key.open(member_place(access.organisation, member.id, "email"), member.email),
        role=member.role,
        totp=await factors.has_totp(work.session, access.organisation, member.id),
        recovery_codes=await factors.count_recovery_codes(work.session, access.organisation, member.id),
        needs_second_factor=clinic.needs_second_factor,
    )


async def change_password(caller: Caller, data: ChangePassword) -> None:
    """Replace the caller's password and end all their other sign-ins.

    Raises:
        Invalid: the new one is too short or too easy to guess.
        NotProven: the present one is another.
        TooManyRequests: too many wrong guesses within this sign-in.
    """
    async with caller.unit() as work:
        stored = await count_own_guess(work)
        account = await read_account(work)
        _, clinic = await factors.find_owner(work.session, work.access)
    await check_new_password(data.new, (account.email, account.name, clinic.handle, clinic.name), "/new")
    if not await check_password(data.current, stored):
        raise NotProven("This is not your present password.")
    hashed = await hash_password(data.new)
    async with caller.unit() as work:
        access = work.access
        if await repository.find_password(work.session, access.organisation, access.subject) != stored:
            raise NotProven("This is not your present password.")
        await forgive_own_guess(work)
        await store_password(work.session, access.organisation, access.subject, hashed, work.now)
        await repository.end_other_sign_ins(work.session, access, work.now)
        note(work, None, about=access.subject)


async def list_sign_ins(work: Work) -> OwnSignIns:
    """Return the caller's sign-ins that go on, newest first."""
    rows = await repository.list_sign_ins(work.session, work.access, work.now)
    return OwnSignIns(
        items=[
            OwnSignIn(
                id=row.id,
                made_by=row.made_by,
                console=row.console,
                current=row.id == work.access.sign_in,
                started_at=row.started_at,
                last_used_at=row.rotated_at,
            )
            for row in rows
        ]
    )


async def end_sign_in(work: Work, sign_in: UUID) -> None:
    """End one of the caller's sign-ins, at the next request of whoever holds it.

    Raises:
        NotFound: not one of the caller's.
    """
    row = await repository.lock_sign_in(work.session, work.access, sign_in)
    if row is None:
        raise NotFound("There is no such sign-in of yours.")
    row.ended_at = row.ended_at or work.now
    note(work, None, about=sign_in)


async def read_csrf_token(work: Work) -> CsrfToken:
    """Return what pages of the present sign-in show with each change.

    Raises:
        NotFound: it is not held by a cookie.
    """
    row = await repository.lock_sign_in(work.session, work.access, work.access.sign_in)
    if row is None or not row.console:
        raise NotFound("A sign-in by token needs no CSRF token.")
    return CsrfToken(csrf_token=csrf_token(row.successor_key))
