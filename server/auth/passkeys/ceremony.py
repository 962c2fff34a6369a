"""The two ceremonies of Web Authentication Level 3 (7.1 and 7.2), by the library `webauthn`.

It is imported when it is first needed: it would be a fourth of the server's start.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from server.auth.passkeys.schemas import CreationOptions, NewCredential, RequestOptions, Site, UsedCredential

NAME: Final = "Groundwork"
# How long a person has; a hint to the browser, since the challenge itself says when it is over.
TIMEOUT: Final = timedelta(minutes=5)

Options = TypeVar("Options", CreationOptions, RequestOptions)


class BrokenCeremony(Exception):  # noqa: N818 - what happened, as it is told
    """What a browser sent is no valid answer; why is for nobody."""


class Made(Struct, frozen=True, kw_only=True):
    """A passkey that was just made."""

    credential: bytes
    public_key: bytes
    counter: int


def creation_options(
    site: Site, challenge: bytes, handle: bytes, email: str, name: str, known: Sequence[bytes]
) -> CreationOptions:
    """Return options for a passkey that its device can find by itself and that verifies its user; no attestation."""
    from webauthn import generate_registration_options  # noqa: PLC0415 - see above
    from webauthn.helpers import structs  # noqa: PLC0415 - see above

    made = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=NAME,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=_milliseconds(TIMEOUT),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return _written(made, CreationOptions)


def request_options(site: Site, challenge: bytes) -> RequestOptions:
    """Return options for using any passkey of this site; they say nothing about anybody."""
    from webauthn import generate_authentication_options  # noqa: PLC0415 - see above
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415 - see above

    made = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=_milliseconds(TIMEOUT),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _written(made, RequestOptions)


def challenge_of(client_data: str) -> bytes:
    """Return the challenge that a browser says it answered; whether it did is found out later.

    Raises:
        BrokenCeremony: it says nothing that can be read, or that it answered within another site's page.
    """
    with _hostile():
        told = json.loads(decoded(client_data))
        if told.get("crossOrigin"):
            raise BrokenCeremony
        return decoded(told["challenge"])


def made_passkey(site: Site, challenge: bytes, credential: NewCredential) -> Made:
    """Return the passkey that a browser made for this challenge.

    Raises:
        BrokenCeremony: for another challenge, site or page, without verifying its user, or not signed as it says.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - see above

    with _hostile():
        made = verify_registration_response(
            credential=msgspec.to_builtins(credential),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        if made.credential_id != decoded(credential.raw_id):
            raise BrokenCeremony
    return Made(credential=made.credential_id, public_key=made.credential_public_key, counter=made.sign_count)


def used_counter(site: Site, challenge: bytes, credential: UsedCredential, public_key: bytes) -> int:
    """Return the counter that a passkey signed with this challenge; whether it went back is for the caller to see.

    Raises:
        BrokenCeremony: for another challenge, site or page, without verifying its user, or not signed by this key.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415 - see above

    with _hostile():
        used = verify_authentication_response(
            credential=msgspec.to_builtins(credential),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            # The library looks at the counter before the signature: what nobody signed must not be audited.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    return used.new_sign_count


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, with or without padding."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415 - see above

    with _hostile():
        return base64url_to_bytes(text)


@contextmanager
def _hostile() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # The library lets through whatever the parsers beneath it raise: KeyError, IndexError, OverflowError, ...
        raise BrokenCeremony from error


def _written(options: object, kind: type[Options]) -> Options:
    from webauthn.helpers import options_to_json_dict  # noqa: PLC0415 - see above

    return msgspec.convert(options_to_json_dict(options), kind)  # type: ignore[arg-type] # one of its two kinds


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
