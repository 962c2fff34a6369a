"""What is exchanged about passkeys.

Within options and credentials names are those of Web Authentication Level 3, as browsers read and write them
(`parseCreationOptionsFromJSON`, `toJSON`).
"""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

_BASE64URL = r"^[A-Za-z0-9_-]+={0,2}\Z"
# A credential id has at most 1023 bytes, a user handle 64 (Web Authentication Level 3, 5.1 and 5.4.3).
CredentialId = Annotated[str, Meta(min_length=1, max_length=1364, pattern=_BASE64URL)]
UserHandle = Annotated[str, Meta(min_length=1, max_length=88, pattern=_BASE64URL)]
Short = Annotated[str, Meta(min_length=1, max_length=4096, pattern=_BASE64URL)]
Long = Annotated[str, Meta(min_length=1, max_length=32768, pattern=_BASE64URL)]
Label = Annotated[str, Meta(min_length=1, max_length=60)]
PublicKey = Literal["public-key"]


class Site(Struct, frozen=True, kw_only=True):
    """Where people sign in, as their browsers name it: `https://clinic.example`."""

    origin: str

    @property
    def rp_id(self) -> str:
        """The name that passkeys are bound to: the host alone."""
        return str(urlsplit(self.origin).hostname)


class RelyingParty(Struct, frozen=True, kw_only=True):
    """Whom a passkey is for."""

    id: str
    name: str


class PasskeyUser(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whose passkey it will be, as their device shows it; `id` names organisation and member."""

    id: str
    name: str
    display_name: str


class Algorithm(Struct, frozen=True, kw_only=True):
    """A kind of signature, by its COSE number."""

    type: PublicKey
    alg: int


class Credential(Struct, frozen=True, kw_only=True):
    """A passkey that is there already."""

    type: PublicKey
    id: str


class Selection(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an authenticator must be able to do."""

    resident_key: str
    require_resident_key: bool
    user_verification: str


class CreationOptions(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a browser needs to make a passkey; `timeout` in milliseconds."""

    rp: RelyingParty
    user: PasskeyUser
    challenge: str
    pub_key_cred_params: list[Algorithm]
    timeout: int
    exclude_credentials: list[Credential]
    authenticator_selection: Selection
    attestation: str


class RequestOptions(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a browser needs to use a passkey, the same for everybody; `timeout` in milliseconds."""

    challenge: str
    timeout: int
    rp_id: str
    allow_credentials: list[Credential]
    user_verification: str


class Attestation(Struct, frozen=True, kw_only=True, rename="camel"):
    """An authenticator's answer to creation options."""

    client_data_json: Short = field(name="clientDataJSON")
    attestation_object: Long


class NewCredential(Struct, frozen=True, kw_only=True, rename="camel"):
    """What `navigator.credentials.create()` gave."""

    id: CredentialId
    raw_id: CredentialId
    type: PublicKey
    response: Attestation


class AddPasskey(Struct, frozen=True, kw_only=True):
    """A new passkey, and what its owner calls it."""

    label: Label
    credential: NewCredential


class Assertion(Struct, frozen=True, kw_only=True, rename="camel"):
    """An authenticator's answer to request options."""

    client_data_json: Short = field(name="clientDataJSON")
    authenticator_data: Short
    signature: Short
    user_handle: UserHandle


class UsedCredential(Struct, frozen=True, kw_only=True, rename="camel"):
    """What `navigator.credentials.get()` gave."""

    id: CredentialId
    raw_id: CredentialId
    type: PublicKey
    response: Assertion


class PasskeySignIn(Struct, frozen=True, kw_only=True):
    """A passkey that was just used; it says by itself whose it is."""

    credential: UsedCredential


class Passkey(Struct, frozen=True, kw_only=True):
    """One of the caller's passkeys. `used_at` absent: it was never signed in with."""

    id: UUID
    label: str
    created_at: datetime
    used_at: datetime | UnsetType = UNSET


class Passkeys(Struct, frozen=True, kw_only=True):
    """The caller's passkeys, oldest first."""

    items: list[Passkey]
