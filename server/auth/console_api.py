"""Signing in for pages of the console, which hold no token but a cookie."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.accounts.schemas import MEMBERS
from server.accounts.work import Work
from server.auth import account, console, cookies, sign_in
from server.auth.door import Door
from server.auth.entry import ConsoleEntry, begin_console
from server.auth.factors import challenges
from server.auth.schemas import AnswerChallenge, ConsoleSession, CsrfToken, SecondFactorNeeded, SignIn
from server.web.policy import CONSOLE_COOKIE, allow, allow_everybody
from server.web.problems import problems
from server.web.reply import Reply


@post(
    "/v1/auth/console/sign-in",
    operation_id="signInAtConsole",
    status_code=200,
    responses=problems(400, 401, 429),
    **allow_everybody(),
)
async def sign_in_at_console(
    data: JSONBody[SignIn], door: NamedDependency[Door], request: Request[None, None, State]
) -> Reply[ConsoleSession | SecondFactorNeeded]:
    """Sign a member in by password for the console, or ask for their second factor."""
    known = request.cookies.get(cookies.KNOWN_COOKIE)
    told = data if known is None else msgspec.structs.replace(data, known_device=known)
    entry = await sign_in.sign_in(door, told, begin_console)
    return await welcome(door, request, entry) if isinstance(entry, ConsoleEntry) else Reply(entry)


@post(
    "/v1/auth/console/second-factor",
    operation_id="answerSecondFactorAtConsole",
    status_code=200,
    responses=problems(400, 401, 429),
    **allow_everybody(),
)
async def answer_second_factor_at_console(
    data: JSONBody[AnswerChallenge], door: NamedDependency[Door], request: Request[None, None, State]
) -> Reply[ConsoleSession]:
    """Finish a sign-in at the console by a code of the authenticator app, or a recovery code."""
    entry = await challenges.answer(door, data, begin_console)
    return await welcome(door, request, entry)


@get(
    "/v1/auth/console/csrf",
    operation_id="readCsrfToken",
    responses=problems(401, 403, 404),
    **allow(*MEMBERS, enrolling=True),
)
async def read_csrf_token(work: NamedDependency[Work]) -> CsrfToken:
    """Read the CSRF token of the present sign-in, for a page that was loaded anew."""
    return await account.read_csrf_token(work)


async def welcome(door: Door, request: Request[None, None, State], entry: ConsoleEntry) -> Reply[Any]:
    """Answer a sign-in at the console, which ends the one that this browser held before."""
    await console.end_older(door, request.cookies.get(CONSOLE_COOKIE))
    return Reply(entry.session, cookies=cookies.of_entry(entry))


HANDLERS: list[Any] = [sign_in_at_console, answer_second_factor_at_console, read_csrf_token]
