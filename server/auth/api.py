from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.accounts.schemas import MEMBERS
from server.accounts.work import Visit, Work
from server.auth import account_api, console_api, cookies, families, invitations_api, pairing_api, sign_in, step_up
from server.auth.door import Caller, Door
from server.auth.entry import begin_tokens
from server.auth.factors import challenges
from server.auth.schemas import (
    AnswerChallenge,
    Refresh,
    SecondFactorNeeded,
    SignIn,
    SteppedUp,
    StepUp,
    Tokens,
)
from server.web.policy import PHONES, allow, allow_everybody
from server.web.problems import problems
from server.web.reply import Reply


@post(
    "/v1/auth/sign-in", operation_id="signIn", status_code=200, responses=problems(400, 401, 429), **allow_everybody()
)
async def sign_in_member(data: JSONBody[SignIn], door: NamedDependency[Door]) -> Tokens | SecondFactorNeeded:
    """Sign a member of the clinic in by password, or ask for their second factor."""
    return await sign_in.sign_in(door, data, begin_tokens)


@post(
    "/v1/auth/second-factor",
    operation_id="answerSecondFactor",
    status_code=200,
    responses=problems(400, 401, 429),
    **allow_everybody(),
)
async def answer_second_factor(data: JSONBody[AnswerChallenge], door: NamedDependency[Door]) -> Tokens:
    """Finish a sign-in by a code of the authenticator app, or a recovery code."""
    return await challenges.answer(door, data, begin_tokens)


@post(
    "/v1/auth/step-up",
    operation_id="stepUp",
    status_code=200,
    responses=problems(400, 401, 403, 429),
    **allow("client", "support", *MEMBERS),
)
async def prove_again(data: JSONBody[StepUp], caller: NamedDependency[Caller]) -> Reply[SteppedUp]:
    """Prove again who you are; for five minutes that opens what needs it."""
    proven = await step_up.step_up(caller, data)
    return Reply(proven.told, cookies=cookies.renewed(proven.cookie))


@post(
    "/v1/auth/refresh",
    operation_id="refreshTokens",
    status_code=200,
    responses=problems(400, 401, 410),
    **allow_everybody(),
)
async def refresh_tokens(data: JSONBody[Refresh], visit: NamedDependency[Visit]) -> Tokens:
    """Exchange a refresh token; a lost answer is given again for ten minutes."""
    return await families.refresh(visit, data)


@post(
    "/v1/auth/sign-out",
    operation_id="signOut",
    status_code=204,
    responses=problems(401, 403),
    **allow("client", "support", *MEMBERS, enrolling=True),
)
async def sign_out(work: NamedDependency[Work]) -> Reply[None]:
    """End the caller's own sign-in."""
    await families.sign_out(work)
    if work.access.role in PHONES:
        return Reply(None)
    return Reply(None, cookies=[cookies.cleared()], headers=cookies.FORGET)


HANDLERS: list[Any] = [
    sign_in_member,
    answer_second_factor,
    prove_again,
    refresh_tokens,
    sign_out,
    *pairing_api.HANDLERS,
    *invitations_api.HANDLERS,
    *console_api.HANDLERS,
    *account_api.HANDLERS,
]
