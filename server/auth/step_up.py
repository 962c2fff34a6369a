"""Proving again who they are, before what a thief of an access token must not do."""

from msgspec import Struct

from server.accounts.policy import note
from server.accounts.tokens import read_token, same_secret
from server.accounts.work import Work
from server.auth import guessing, repository
from server.auth.console import replace_cookie
from server.auth.door import Caller
from server.auth.factors import service as factors
from server.auth.models import SignInRow
from server.auth.passwords import check_password
from server.auth.rules import STEP_UP_LIFE
from server.auth.schemas import SteppedUp, StepUp
from server.kit.errors import FieldError, Forbidden, Invalid


class NotProven(Forbidden):
    """The caller is signed in and has not shown again who they are; the try is counted."""

    keeps_writes = True
    code = "not_proven"


class Proven(Struct, frozen=True, kw_only=True):
    """Until when a proof holds, and what takes the place of the cookie it came with."""

    told: SteppedUp
    cookie: str | None


async def step_up(caller: Caller, data: StepUp) -> Proven:
    """Note that the caller has proven again who they are; it holds for five minutes.

    Raises:
        Invalid: what they prove it by is missing.
        NotProven: it is wrong, or cannot prove it.
        TooManyRequests: too many wrong guesses within this sign-in.
    """
    if caller.access.role in ("client", "support"):
        return await _by_refresh_token(caller, data)
    return await _by_password(caller, data)


def note_proof(work: Work, row: SignInRow) -> Proven:
    """Write down that who holds this sign-in has proven again who they are; the console gets another cookie."""
    row.stepped_up_at = work.now
    note(work, None, about=row.id)
    cookie = replace_cookie(row) if row.console else None
    return Proven(told=SteppedUp(until=work.now + STEP_UP_LIFE), cookie=cookie)


async def _by_refresh_token(caller: Caller, data: StepUp) -> Proven:
    text = _needed(data.refresh_token, "/refresh_token")
    token, access = read_token(text, "gwr"), caller.access
    async with caller.unit() as work:
        row = await repository.lock_sign_in(work.session, access, access.sign_in)
        mine = token and (token.organisation, token.sign_in) == (access.organisation, access.sign_in)
        if not row or not token or not mine or not same_secret(token.secret, row.refresh_hash):
            raise NotProven("This is not the newest refresh token of this sign-in.")
        return note_proof(work, row)


async def _by_password(caller: Caller, data: StepUp) -> Proven:
    password = _needed(data.password, "/password")
    async with caller.unit() as work:
        stored = await count_own_guess(work)
        has_factor = bool(await factors.kinds_of(work.session, work.access.organisation, work.access.subject))
    code = _needed(data.code, "/code") if has_factor else None
    if not await check_password(password, stored):
        raise NotProven("The password, or the code, is not right.")
    async with caller.unit() as work:
        proven = await _finish(work, code)
        await forgive_own_guess(work)
        return proven


async def _finish(work: Work, code: str | None) -> Proven:
    access = work.access
    bearer = await repository.find_bearer(work.session, access.organisation, access.sign_in, lock=True)
    if bearer is None or bearer.ended:
        raise NotProven("This sign-in has ended.")
    if code is None and bearer.needs_second_factor:
        raise NotProven("This clinic needs a second factor, and you have none yet.", code="second_factor_required")
    if code and not await factors.prove(work.session, work.keys, access.organisation, access.subject, code, work.now):
        raise NotProven("The password, or the code, is not right.")
    return note_proof(work, bearer.sign_in)


async def count_own_guess(work: Work) -> str | None:
    """Count a guess at the caller's own password within this sign-in, and return what is stored of it."""
    await guessing.count(work.session, work.access.organisation, _places(work), work.now)
    return await repository.find_password(work.session, work.access.organisation, work.access.subject)


async def forgive_own_guess(work: Work) -> None:
    """Take back the guess of `count_own_guess`: it was right."""
    await guessing.forgive(work.session, work.access.organisation, _places(work), work.now)


def _places(work: Work) -> tuple[guessing.Bucket, ...]:
    # Counted by sign-in: whoever holds a stolen token delays nobody but the holders of that token.
    access = work.access
    return guessing.buckets(work.keys, access.organisation, "step_up", access.subject.bytes, "", access.sign_in.bytes)


def _needed(given: object, pointer: str) -> str:
    if isinstance(given, str):
        return given
    error = FieldError(pointer=pointer, code="missing", detail="This is what you prove by who you are.")
    raise Invalid("Something is missing to prove who you are.", errors=[error])
