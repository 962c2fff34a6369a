from typing import Any
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import STAFF
from server.accounts.work import Visit, Work
from server.auth import families, pairing, sign_in
from server.auth.schemas import Pair, PairingCode, Refresh, SignIn, Tokens
from server.web.policy import allow, allow_everybody
from server.web.problems import problems


@post(
    "/v1/auth/sign-in", operation_id="signIn", status_code=200, responses=problems(400, 401, 429), **allow_everybody()
)
async def sign_in_member(data: JSONBody[SignIn], visit: NamedDependency[Visit]) -> Tokens:
    """Sign a member of the clinic in by password."""
    return await sign_in.sign_in(visit, data)


@post("/v1/auth/pair", operation_id="pairPhone", responses=problems(400, 401), **allow_everybody())
async def pair_phone(data: JSONBody[Pair], visit: NamedDependency[Visit]) -> Tokens:
    """Pair a client's phone by the code the therapist reads out."""
    return await pairing.pair(visit, data)


@post(
    "/v1/auth/refresh", operation_id="refreshTokens", status_code=200, responses=problems(400, 401), **allow_everybody()
)
async def refresh_tokens(data: JSONBody[Refresh], visit: NamedDependency[Visit]) -> Tokens:
    """Exchange a refresh token; a lost answer is given again for ten minutes."""
    return await families.refresh(visit.session, data, visit.now)


@post("/v1/auth/sign-out", operation_id="signOut", status_code=204, responses=problems(401), **allow("client", *STAFF))
async def sign_out(work: NamedDependency[Work]) -> None:
    """End the caller's own sign-in."""
    await families.sign_out(work)


@post(
    "/v1/clients/{client_id:uuid}/pairing-codes",
    operation_id="makePairingCode",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def make_pairing_code(client_id: FromPath[UUID], work: NamedDependency[Work]) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes."""
    return await pairing.make_pairing_code(work, client_id)


HANDLERS: list[Any] = [sign_in_member, pair_phone, refresh_tokens, sign_out, make_pairing_code]
