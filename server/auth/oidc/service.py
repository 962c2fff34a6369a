"""Signing in by the clinic's own provider (`security.md`, Signing in; decision 0015).

The provider is asked between two transactions, never within one: a slow one would hold up everybody else's writes.
"""

import hmac
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import find_by_email
from server.accounts.models import MemberRow
from server.accounts.organisations import find_organisation
from server.auth.challenges import service as challenges
from server.auth.door import Door
from server.auth.entry import Begin, Passed, T, let_in
from server.auth.families import Refused
from server.auth.oidc import journey, repository
from server.auth.oidc.configure import find_opened
from server.auth.oidc.id_token import BadTokenError, UnknownKeyError, read_id_token
from server.auth.oidc.journey import Journey
from server.auth.oidc.models import OidcLinkRow
from server.auth.oidc.providers import CodeRefusedError, Metadata, Providers, Redeemed, redeem
from server.auth.oidc.schemas import FinishOidc, OidcStarted, Person, Provider, StartOidc
from server.db.tenancy import enter
from server.kit.errors import Invalid
from server.vault.keys import Keys
from server.vault.sealing import framed

# What an operator registers with the provider: a page of the console's, which calls `finishOidc`.
CALLBACK: Final = "/sign-in/oidc"
SCOPE: Final = "openid email"


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
        authorization_url=_authorization_url(door.keys, desk, metadata, provider, begun),
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
        member = await _member(session, door.keys, provider, person, door.now)
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


async def _member(
    session: AsyncSession, keys: Keys, provider: Provider, person: Person, now: datetime
) -> MemberRow | None:
    """Return whom somebody was linked to or, the first time, the member whose e-mail address the provider verified."""
    organisation = provider.organisation
    subject_hash = hash_subject(keys, provider, person.sub)
    link = await repository.find_link(session, organisation, subject_hash)
    if link:
        return await repository.find_active_member(session, organisation, link.member_id)
    member = await find_by_email(session, keys, organisation, person.email) if person.email_verified else None
    if member is None:
        return None
    row = OidcLinkRow(organisation_id=organisation, subject_hash=subject_hash, member_id=member.id, linked_at=now)
    # Who is linked already is somebody else there: addresses are given to new people, subjects never.
    return member if await repository.add_link(session, organisation, row) else None


def hash_subject(keys: Keys, provider: Provider, subject: str) -> bytes:
    """Return what finds somebody by the name a provider has for them; without the key it tells nothing."""
    key = keys.derive(provider.organisation, "oidc subject")
    return hmac.digest(key, framed(provider.issuer.encode(), subject.encode()), "sha256")


def _authorization_url(keys: Keys, desk: Desk, metadata: Metadata, provider: Provider, begun: Journey) -> str:
    # They take as long to import as half of the server, and few clinics need them.
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 - see above
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - see above

    return str(
        prepare_grant_uri(
            metadata.authorization_endpoint,
            provider.client_id,
            "code",
            redirect_uri=desk.redirect_uri,
            scope=SCOPE,
            state=begun.state,
            nonce=begun.nonce(keys),
            code_challenge=create_s256_code_challenge(begun.verifier(keys)),
            code_challenge_method="S256",
        )
    )


def _refused() -> Refused:
    return Refused("Your clinic's sign-in does not let you in here. Ask its admin.", code="not_signed_in")
