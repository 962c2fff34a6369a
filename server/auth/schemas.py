from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.accounts.schemas import Email, Handle, MemberRole, Name, Role, Zone
from server.accounts.sharing.schemas import SupportPerson

# How a sign-in came about. A password alone may not be enough: `permit` in `provide.py`.
MadeBy = Literal["password", "second_factor", "passkey", "single_sign_on", "pairing"]
FactorKind = Literal["totp", "recovery_code", "passkey"]
Password = Annotated[str, Meta(min_length=1, max_length=1024)]
Opaque = Annotated[str, Meta(min_length=1, max_length=256)]
FactorCode = Annotated[str, Meta(min_length=6, max_length=40, description="From the app, or a recovery code")]


class SignIn(Struct, frozen=True, kw_only=True):
    """A member's e-mail and password; `organisation` (its handle) only where a server holds several.

    `known_device` is what the last sign-in on this device was given: guesses made elsewhere do not delay it.
    """

    email: Email
    password: Password
    organisation: Handle | UnsetType = UNSET
    known_device: Opaque | UnsetType = UNSET


class AnswerChallenge(Struct, frozen=True, kw_only=True):
    """The second factor of a sign-in that has begun: a code of the app, or a recovery code."""

    challenge: Opaque
    code: FactorCode


class Pair(Struct, frozen=True, kw_only=True):
    """The code that was read out, or the secret of a link, and the zone the phone is in.

    A secret names its organisation itself; `organisation` goes with a code, where a server holds several.
    """

    zone: Zone
    code: Annotated[str, Meta(min_length=10, max_length=20)] | UnsetType = UNSET
    secret: Opaque | UnsetType = UNSET
    organisation: Handle | UnsetType = UNSET


class Refresh(Struct, frozen=True, kw_only=True):
    """The refresh token of the last answer."""

    refresh_token: Opaque


class StepUp(Struct, frozen=True, kw_only=True):
    """Who they are, again: a member's password, and code where they have a second factor; a phone's refresh token."""

    password: Password | UnsetType = UNSET
    code: FactorCode | UnsetType = UNSET
    refresh_token: Opaque | UnsetType = UNSET


class SteppedUp(Struct, frozen=True, kw_only=True):
    """Until when what needs a fresh proof may be done."""

    until: datetime


class Tokens(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="tokens"):
    """Opaque bearer tokens; `expires_in` in seconds. `known_device`: keep it, and send it with the next sign-in."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"]
    role: Role
    subject_id: UUID
    device_id: UUID | UnsetType = UNSET
    known_device: str | UnsetType = UNSET


class ConsoleSession(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="console"):
    """A sign-in held by a cookie. `csrf_token` goes into `X-CSRF-Token` of every request that changes something."""

    csrf_token: str
    role: Role
    subject_id: UUID
    expires_at: datetime


class SecondFactorNeeded(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="second_factor_needed"):
    """The password was right; answer the challenge by one of these kinds before it expires."""

    challenge: str
    kinds: list[FactorKind]
    expires_at: datetime


class CsrfToken(Struct, frozen=True, kw_only=True):
    """Goes into `X-CSRF-Token` of every request that changes something."""

    csrf_token: str


class PairingCode(Struct, frozen=True, kw_only=True):
    """A code to read out; it works once, until `expires_at`."""

    code: str
    expires_at: datetime


class PairingLink(Struct, frozen=True, kw_only=True):
    """A link, and the same as a QR code in SVG; it works once, until `expires_at`. The secret is behind the `#`."""

    url: str
    qr_svg: str
    expires_at: datetime


class NewSupportPerson(Struct, frozen=True, kw_only=True):
    """Somebody who supports the client, and the link to hand over to them."""

    support_person: SupportPerson
    pairing_link: PairingLink


class Invite(Struct, frozen=True, kw_only=True):
    """Somebody who is to work at the clinic."""

    email: Email
    name: Name
    role: MemberRole


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation; `open`: its link can still be used."""

    id: UUID
    email: str
    name: str
    role: MemberRole
    open: bool
    made_at: datetime
    expires_at: datetime
    accepted_at: datetime | UnsetType = UNSET
    ended_at: datetime | UnsetType = UNSET


class Invitations(Struct, frozen=True, kw_only=True):
    """Every invitation, newest first."""

    items: list[Invitation]


class NewInvitation(Struct, frozen=True, kw_only=True):
    """An invitation and its link, which is told this one time. The secret is behind the `#`."""

    invitation: Invitation
    url: str


class AcceptInvitation(Struct, frozen=True, kw_only=True):
    """The secret of an invitation's link, and the password to sign in by from now on (15 characters or more)."""

    secret: Opaque
    password: Password


class Joined(Struct, frozen=True, kw_only=True):
    """A new member, and what to sign in with besides the password; `organisation` is the clinic's handle."""

    id: UUID
    name: str
    email: str
    role: MemberRole
    organisation: str


class Account(Struct, frozen=True, kw_only=True):
    """The member who asks. `recovery_codes`: how many are left."""

    id: UUID
    name: str
    email: str
    role: MemberRole
    totp: bool
    recovery_codes: int
    needs_second_factor: bool


class ChangePassword(Struct, frozen=True, kw_only=True):
    """The present password, and the one that replaces it (15 characters or more)."""

    current: Password
    new: Password


class OwnSignIn(Struct, frozen=True, kw_only=True):
    """One of the caller's sign-ins; `current` is the one that asks, `last_used_at` to the nearest refresh."""

    id: UUID
    made_by: MadeBy
    console: bool
    current: bool
    started_at: datetime
    last_used_at: datetime


class OwnSignIns(Struct, frozen=True, kw_only=True):
    """The caller's sign-ins that have not ended, newest first."""

    items: list[OwnSignIn]


class TotpSecret(Struct, frozen=True, kw_only=True):
    """What an authenticator app needs: typed (`secret`), as a link (`uri`) or scanned (`qr_svg`)."""

    secret: str
    uri: str
    qr_svg: str


class ConfirmTotp(Struct, frozen=True, kw_only=True):
    """The code that the app shows now."""

    code: Annotated[str, Meta(min_length=6, max_length=9)]


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Ten codes that stand in for a lost second factor, each once. They are shown this one time."""

    codes: list[str]
