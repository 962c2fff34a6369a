"""What a clinic's provider is asked. Nothing is ever fetched unless an operator has set one up."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from msgspec import Struct

from server.auth.oidc.asking import ask, is_safe, read, unavailable
from server.auth.oidc.schemas import Provider

FRESH: Final = timedelta(minutes=10)
WELL_KNOWN: Final = "/.well-known/openid-configuration"
T = TypeVar("T")


class Metadata(Struct, frozen=True, kw_only=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, 3; RFC 9207 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class KeyList(Struct, frozen=True, kw_only=True):
    """The keys a provider signs with (RFC 7517 5)."""

    keys: tuple[dict[str, Any], ...]


class Redeemed(Struct, frozen=True, kw_only=True):
    """What a code was exchanged for."""

    id_token: str
    access_token: str | None = None


class CodeRefusedError(Exception):
    """The provider does not take this code: it is not from here, too old, or used."""


class Providers:
    """Asks providers, and believes what they say of themselves for ten minutes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, Any]] = {}

    async def describe(self, issuer: str, now: datetime) -> Metadata:
        """Return what a provider says of itself.

        Raises:
            Unavailable: it does not answer, not as it must, or in another's name.
        """
        found = await self._cached(issuer.rstrip("/") + WELL_KNOWN, Metadata, now)
        endpoints = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        encrypted = urlsplit(issuer).scheme == "https"
        if found.issuer != issuer or not all(_is_as_safe(each, encrypted=encrypted) for each in endpoints):
            raise unavailable("it describes another provider, or an unsafe one")
        return found

    async def keys(self, metadata: Metadata, now: datetime, *, fresh: bool = False) -> Mapping[str, Any]:
        """Return the keys that a provider signs with; `fresh` asks it again.

        Raises:
            Unavailable: see `describe`.
        """
        if fresh:
            self._known.pop(metadata.jwks_uri, None)
        return {"keys": (await self._cached(metadata.jwks_uri, KeyList, now)).keys}

    async def _cached(self, url: str, kind: type[T], now: datetime) -> T:
        until, known = self._known.get(url, (now, None))
        if until > now and isinstance(known, kind):
            return known
        found = read(*await ask("GET", url), kind)
        self._known[url] = (now + FRESH, found)
        return found


async def redeem(metadata: Metadata, provider: Provider, code: str, verifier: str, redirect_uri: str) -> Redeemed:
    """Exchange a code for an ID token (RFC 6749 4.1.3, RFC 7636 4.5).

    Raises:
        CodeRefusedError: it is not one for this client, this browser's verifier, and now.
        Unavailable: the provider does not answer as it must, or does not know this client and secret.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
        headers["Authorization"] = _basic(provider)
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    status, body = await ask("POST", metadata.token_endpoint, headers=headers, form=form)
    if status == HTTPStatus.BAD_REQUEST and read(HTTPStatus.OK, body, _Error).error == "invalid_grant":
        raise CodeRefusedError
    return read(status, body, Redeemed)


class _Error(Struct, frozen=True, kw_only=True):
    error: str


def _basic(provider: Provider) -> str:
    """Return how a client says who it is; both parts are escaped first (RFC 6749 2.3.1)."""
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _is_as_safe(url: str, *, encrypted: bool) -> bool:
    return is_safe(url) and (urlsplit(url).scheme == "https" or not encrypted)
