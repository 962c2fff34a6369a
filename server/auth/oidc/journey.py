"""A browser's way to a provider and back (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700 2.1).

Nothing is kept of it until it ends: `state` is a challenge that names the clinic and is bound to the browser and to the
provider, and what must stay secret on the way is derived from it by a key that only the server has.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from server.auth.challenges.service import CHALLENGE_BYTES, holds, new_challenge
from server.auth.oidc.providers import Metadata
from server.auth.oidc.schemas import Provider
from server.vault.keys import Keys
from server.vault.sealing import framed

# Long enough to type a password there and to find the second factor.
LIFE: Final = timedelta(minutes=10)
BINDING_BYTES: Final = 32
SCOPE: Final = "openid email"


class Journey(Struct, frozen=True, kw_only=True):
    """A way that has begun; nonce and verifier follow from it."""

    organisation: UUID
    challenge: bytes

    @property
    def state(self) -> str:
        """Write it as it travels."""
        return _text(self.organisation.bytes + self.challenge)

    def nonce(self, keys: Keys) -> str:
        """Return what the provider must repeat in its ID token."""
        return self._derived(keys, b"nonce")

    def verifier(self, keys: Keys) -> str:
        """Return the PKCE code verifier: 43 characters of 256 bits (RFC 7636 4.1)."""
        return self._derived(keys, b"verifier")

    def holds(self, keys: Keys, provider: Provider, binding: str, now: datetime) -> bool:
        """Whether it began here, in the same browser, towards the same provider, and a short while ago."""
        return holds(_key(keys, self.organisation), self.challenge, now, *_bound_to(provider, binding))

    def _derived(self, keys: Keys, purpose: bytes) -> str:
        return _text(hmac.digest(_key(keys, self.organisation), framed(purpose, self.challenge), "sha256"))


def begin(keys: Keys, provider: Provider, binding: str, now: datetime) -> Journey:
    """Begin a browser's way to its clinic's provider."""
    challenge = new_challenge(_key(keys, provider.organisation), now + LIFE, *_bound_to(provider, binding))
    return Journey(organisation=provider.organisation, challenge=challenge)


def read(state: str) -> Journey | None:
    """Take a state apart; None when it is none of ours, or not written exactly as we write it."""
    try:
        raw = urlsafe_b64decode(f"{state}==")
    except (Error, ValueError):
        return None
    if len(raw) != 16 + CHALLENGE_BYTES:
        return None
    journey = Journey(organisation=UUID(bytes=raw[:16]), challenge=raw[16:])
    return journey if journey.state == state else None


def new_binding() -> str:
    """Return 256 random bits that only the browser keeps."""
    return _text(secrets.token_bytes(BINDING_BYTES))


def authorization_url(metadata: Metadata, provider: Provider, begun: Journey, keys: Keys, redirect_uri: str) -> str:
    """Return where a browser goes: the provider's page, for a code that only we can exchange (RFC 7636 4.3)."""
    # They take as long to import as half of the server, and few clinics need them.
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 - see above
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - see above

    return str(
        prepare_grant_uri(
            metadata.authorization_endpoint,
            provider.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=begun.state,
            nonce=begun.nonce(keys),
            code_challenge=create_s256_code_challenge(begun.verifier(keys)),
            code_challenge_method="S256",
        )
    )


def _bound_to(provider: Provider, binding: str) -> tuple[bytes, ...]:
    return binding.encode(), provider.issuer.encode(), provider.client_id.encode()


def _key(keys: Keys, organisation: UUID) -> bytes:
    return keys.derive(organisation, "oidc")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
