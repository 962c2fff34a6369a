from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Handle

# Providers' codes are opaque and of any length (RFC 6749 4.1.2); the longest known have two thousand characters.
Code = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[\x20-\x7E]+\Z")]
Opaque = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9_-]+\Z")]
Issuer = Annotated[str, Meta(min_length=1, max_length=512)]


class StartOidc(Struct, frozen=True, kw_only=True):
    """The clinic (its handle), only needed where a server holds several."""

    organisation: Handle | UnsetType = UNSET


class OidcStarted(Struct, frozen=True, kw_only=True):
    """Where to send the browser. `binding` stays in it and comes back with `finishOidc`; `expires_in` in seconds."""

    authorization_url: str
    binding: str
    expires_in: int


class FinishOidc(Struct, frozen=True, kw_only=True):
    """What the provider sent the browser back with (`code`, `state`, and `iss` if it sent one), and its `binding`."""

    code: Code
    state: Opaque
    binding: Opaque
    iss: Issuer | UnsetType = UNSET


class Provider(Struct, frozen=True, kw_only=True):
    """A clinic's provider, its secret opened."""

    organisation: UUID
    issuer: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Provider(issuer={self.issuer!r}, …)"


class Person(Struct, frozen=True, kw_only=True):
    """Who signed in at a provider, as its ID token says (OpenID Connect Core 1.0, 2 and 5.1)."""

    sub: Annotated[str, Meta(min_length=1, max_length=255)]
    email: Annotated[str, Meta(max_length=254)] = ""
    email_verified: bool = False
