"""Signing in by the clinic's own provider (`security.md`, Signing in; decision 0015).

The provider is asked between two transactions, never within one: a slow one would hold up everybody else's writes.
"""

from typing import Final

from msgspec import Struct

from server.accounts.organisations import find_organisation
from server.auth.challenges import service as challenges
from server.auth.door import Door
from server.auth.entry import Begin, Passed, T, let_in
from server.auth.families import Refused
from server.auth.oidc import journey
from server.auth.oidc.configure import find_opened
from server.auth.oidc.id_token import BadTokenError, UnknownKeyError, read_id_token
from server.auth.oidc.journey import Journey, authorization_url
from server.auth.oidc.links import find_linked
from server.auth.oidc.providers import CodeRefusedError, Metadata, Providers, Redeemed, redeem
from server.auth.oidc.schemas import FinishOidc, OidcStarted, Person, Provider, StartOidc
from server.db.tenancy import enter
from server.kit.errors import Invalid

# What an operator registers with the provider: a page of the console's, which calls `finishOidc`.
CALLBACK: Final = "/sign-in/oidc"


class Desk(Struct, frozen=True, kw_only=True):
    """What signing in by a provider needs: who asks providers, and where they send browsers back to."""

    providers: Providers
    redirect_uri: str


async def start(door: Door, desk: Desk, data: StartOidc) -> OidcStarted:
    """Return where a browser goes to sign in.

    Raises:
        Invalid: nobody knows which clinic, or it has no provider.
        Unavailable: its provider does not answer as it must.
    """
    handle = data.organisation if isinstance(data.organisation, str) else None
    async with door.unit() as session:
        provider = await find_opened(session, door.keys, await find_organisation(session, handle))
    if provider is None:
        raise Invalid("This clinic has no sign-in of its own.", code="no_provider")
    metadata = await desk.providers.describe(provider.issuer, door.now)
    binding = journey.new_binding()
    begun = journey.begin(door.keys, provider, binding, door.now)
    return OidcStarted(
        authorization_url=authorization_url(metadata, provider, begun, door.keys, desk.redirect_uri),
        binding=binding,
        expires_in=int(journey.LIFE.total_seconds()),
    )


async def finish(door: Door, desk: Desk, data: FinishOidc, begin: Begin[T]) -> T:
    """Sign a member in whom the clinic's provider has sent back.

    Raises:
        Refused: anything is not as it must be, or nobody here is who they say; one answer for all.
        Unavailable: the provider does not answer as it must; the same can be tried again.
    """
    begun = journey.read(data.state)
    if begun is None:
        raise _refused()
    provider = await _provider_of(door, begun, data.binding)
    person = await _ask_who(door, desk, data, begun, provider)
    async with door.unit() as session:
        await enter(session, begun.organisation)
        if not await challenges.spend(session, begun.organisation, begun.challenge, door.now) or person is None:
            raise _refused()
        member = await find_linked(session, door.keys, provider, person, door.now)
        if member is None:
            raise _refused()
        passed = Passed(organisation=begun.organisation, member=member.id, role=member.role, made_by="single_sign_on")
        return await let_in(session, door.keys, passed, door.now, begin)


async def _provider_of(door: Door, begun: Journey, binding: str) -> Provider:
    async with door.unit() as session:
        await enter(session, begun.organisation)
        provider = await find_opened(session, door.keys, begun.organisation)
        if provider is None or not begun.holds(door.keys, provider, binding, door.now):
            raise _refused()
        if await challenges.is_spent(session, begun.organisation, begun.challenge):
            raise _refused()
    return provider


async def _ask_who(door: Door, desk: Desk, data: FinishOidc, begun: Journey, provider: Provider) -> Person | None:
    """Return who the provider says it is; None when it is nobody, or somebody else's answer (RFC 9207 2.4)."""
    metadata = await desk.providers.describe(provider.issuer, door.now)
    named = isinstance(data.iss, str)
    if data.iss != provider.issuer if named else metadata.authorization_response_iss_parameter_supported:
        return None
    try:
        redeemed = await redeem(metadata, provider, data.code, begun.verifier(door.keys), desk.redirect_uri)
        return await _read(door, desk, metadata, provider, redeemed, begun.nonce(door.keys))
    except (CodeRefusedError, BadTokenError):
        return None


async def _read(
    door: Door, desk: Desk, metadata: Metadata, provider: Provider, redeemed: Redeemed, nonce: str
) -> Person:
    for fresh in (False, True):
        keys = await desk.providers.keys(metadata, door.now, fresh=fresh)
        try:
            return read_id_token(
                redeemed.id_token, keys, provider, nonce=nonce, access_token=redeemed.access_token, now=door.now
            )
        except UnknownKeyError:
            # It may have changed its keys since we asked: once more, and not again.
            if fresh:
                raise
    raise AssertionError  # pragma: no cover


def _refused() -> Refused:
    return Refused("Your clinic's sign-in does not let you in here. Ask its admin.", code="not_signed_in")
