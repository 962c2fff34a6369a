"""Finding out who is behind a passkey that was just used, at a sign-in or later."""

from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.schemas import MemberRole
from server.accounts.tokens import hash_secret
from server.audit.service import Entry, record
from server.auth.challenges import service as challenges
from server.auth.door import Door
from server.auth.families import Refused
from server.auth.passkeys import ceremony, repository
from server.auth.passkeys.models import PasskeyRow
from server.auth.passkeys.schemas import RequestOptions, Site, UsedCredential
from server.db.tenancy import enter

# Whoever signs in is not known before they have: challenges for that are made under a key of nobody's.
NOBODY: Final = UUID(int=0)


class Owner(NamedTuple):
    """Whose passkey it is, as its user handle says."""

    organisation: UUID
    member: UUID

    def handle(self) -> bytes:
        """Write the 32 bytes that a device keeps with a passkey."""
        return self.organisation.bytes + self.member.bytes


class Shown(Struct, frozen=True, kw_only=True):
    """What a passkey's device says: whose it is, which, and what it answered. None of it is proven yet."""

    owner: Owner
    credential: bytes
    challenge: bytes


def offer(door: Door, site: Site) -> RequestOptions:
    """Return what a browser needs to use a passkey; the same for everybody, and nothing is kept of it."""
    return ceremony.request_options(site, challenges.new_challenge(_key(door), door.now + ceremony.TIMEOUT))


def read_shown(door: Door, used: UsedCredential) -> Shown:
    """Return what a device says, in answer to a challenge of ours.

    Raises:
        Refused: it cannot be read, or answers something else.
    """
    try:
        handle = ceremony.decoded(used.response.user_handle)
        credential = ceremony.decoded(used.raw_id)
        challenge = ceremony.challenge_of(used.response.client_data_json)
    except ceremony.BrokenCeremony as error:
        raise refused() from error
    if len(handle) != len(Owner(NOBODY, NOBODY).handle()) or not challenges.holds(_key(door), challenge, door.now):
        raise refused()
    owner = Owner(UUID(bytes=handle[:16]), UUID(bytes=handle[16:]))
    return Shown(owner=owner, credential=credential, challenge=challenge)


async def prove(session: AsyncSession, door: Door, site: Site, shown: Shown, used: UsedCredential) -> MemberRole:
    """Make sure that it is an active member's passkey which verified them just now, and return their role.

    Raises:
        Refused: anything is not as it must be; one answer for all. A counter that went back is audited.
    """
    await enter(session, shown.owner.organisation)
    found = await repository.lock_passkey(session, *shown.owner, hash_secret(shown.credential))
    if found is None:
        raise refused()
    passkey, role = found
    try:
        counter = ceremony.used_counter(site, shown.challenge, used, passkey.public_key)
    except ceremony.BrokenCeremony as error:
        raise refused() from error
    if not await challenges.spend(session, shown.owner.organisation, shown.challenge, door.now):
        raise refused()
    if (counter or passkey.counter) and counter <= passkey.counter:
        # Two devices sign with one key: one of them is a copy, and nobody can tell which.
        await _note_copy(session, door, passkey, role)
        raise refused()
    passkey.counter, passkey.used_at = counter, door.now
    return role


async def _note_copy(session: AsyncSession, door: Door, passkey: PasskeyRow, role: MemberRole) -> None:
    entry = Entry(at=door.now, actor=passkey.member_id, role=role, action="passkeyCopied", object=passkey.id)
    await record(session, door.keys, passkey.organisation_id, entry)


def refused() -> Refused:
    """Return the one answer to every passkey that proves nothing."""
    return Refused("This passkey does not sign you in. Try another way.", code="wrong_passkey")


def _key(door: Door) -> bytes:
    return door.keys.derive(NOBODY, "passkey")
