"""Who a provider says has signed in (OpenID Connect Core 1.0, 3.1.3.7), by Authlib and joserfc."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from server.auth.oidc.schemas import Person, Provider

# No `none`, and no HMAC: a public key must never be taken for a shared secret (RFC 8725 3.1).
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
LEEWAY: Final = timedelta(seconds=60)

KeySet = Mapping[str, Any]


class BadTokenError(Exception):
    """An ID token that says nothing we may believe; why is for nobody."""


class UnknownKeyError(BadTokenError):
    """It is signed by a key that is not among those we know: the provider may have changed them."""


def read_id_token(
    text: str, keys: KeySet, provider: Provider, *, nonce: str, access_token: str | None, now: datetime
) -> Person:
    """Return who signed in.

    Raises:
        UnknownKeyError: none of these keys has the name that the token gives.
        BadTokenError: signature, algorithm, issuer, audience, party, times or nonce are not as they must be.
    """
    claims = _signed(text, keys)
    # They take as long to import as half of the server, and few clinics need them.
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - see above

    must_be = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    asked = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        token = CodeIDToken(claims.claims, claims.header, must_be, asked)
        token.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
        return msgspec.convert(dict(token), Person)
    except Exception as error:
        # The library compares whatever the token holds: what has the wrong type raises anything.
        raise BadTokenError from error


def _signed(text: str, keys: KeySet) -> Any:  # noqa: ANN401 - joserfc's token, imported late
    from joserfc import jwt  # noqa: PLC0415 - see above
    from joserfc.errors import InvalidKeyIdError  # noqa: PLC0415 - see above
    from joserfc.jwk import KeySet as Known  # noqa: PLC0415 - see above
    from joserfc.jws import JWSRegistry  # noqa: PLC0415 - see above

    try:
        known = Known.import_key_set({"keys": [each for each in keys["keys"] if each.get("use", "sig") == "sig"]})
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(text, known, registry=registry)
    except InvalidKeyIdError as error:
        raise UnknownKeyError from error
    except Exception as error:
        raise BadTokenError from error
