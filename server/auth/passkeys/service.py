"""A member's own passkeys (`security.md`, Signing in; decision 0015)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec import UNSET

from server.accounts.members import member_place
from server.accounts.policy import note
from server.accounts.tokens import hash_secret
from server.accounts.work import Work
from server.auth import repository as sign_ins
from server.auth.challenges import service as challenges
from server.auth.factors import service as factors
from server.auth.passkeys import ceremony, proof, repository
from server.auth.passkeys.models import PasskeyRow
from server.auth.passkeys.schemas import AddPasskey, CreationOptions, Passkey, Passkeys, Site
from server.auth.rules import STEP_UP_LIFE
from server.kit.errors import Conflict, Forbidden, Invalid, NotFound
from server.kit.ids import new_id
from server.vault.sealing import DataKey, Place

MOST: Final = 20


async def offer_creation(work: Work, site: Site) -> CreationOptions:
    """Return what a browser needs to make a passkey for the caller, on a device that has none of theirs yet.

    Raises:
        Forbidden: they have a second factor, and did not prove just now who they are.
        Conflict: they have twenty passkeys.
    """
    access = work.access
    rows = await _let_add(work)
    key = await work.vault.key(access.organisation, access.organisation)
    member = await repository.find_owner(work.session, access)
    owner = proof.Owner(access.organisation, access.subject)
    return ceremony.creation_options(
        site,
        challenges.new_challenge(_key(work), work.now + ceremony.TIMEOUT, access.subject.bytes),
        owner.handle(),
        key.open(member_place(*owner, "email"), member.email),
        key.open(member_place(*owner, "name"), member.name),
        [ceremony.decoded(key.open(_place(row, "credential"), row.credential)) for row in rows],
    )


async def add_passkey(work: Work, site: Site, data: AddPasskey) -> Passkey:
    """Keep a passkey that the caller's browser made.

    Raises:
        Forbidden: see `offer_creation`.
        Conflict: see `offer_creation`.
        Invalid: it was not made for them, here and now, or somebody has it already; one answer for all.
    """
    await _let_add(work)
    access = work.access
    made = await _made(work, site, data)
    key = await work.vault.key(access.organisation, access.organisation)
    row = _new_row(work, key, data, made)
    if not await repository.add_passkey(work.session, access, row):
        raise _refused()
    await _count_as_factor(work)
    note(work, None, about=row.id)
    return _passkey(row, key)


async def list_passkeys(work: Work) -> Passkeys:
    """Return the caller's own passkeys, oldest first."""
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    return Passkeys(items=[_passkey(row, key) for row in await repository.list_passkeys(work.session, work.access)])


async def delete_passkey(work: Work, passkey: UUID) -> None:
    """Delete one of the caller's own passkeys: it signs nobody in any more. What it signed in goes on.

    Raises:
        NotFound: they have none with this id.
    """
    if not await repository.delete_passkey(work.session, work.access, passkey):
        raise NotFound("You have no such passkey.")
    note(work, None, about=passkey)


async def _let_add(work: Work) -> Sequence[PasskeyRow]:
    """Let a caller through who may add a passkey, and return those they have.

    Who has a second factor shows it first: a stolen token must not bring its thief a way in that stays.
    """
    access = work.access
    rows = await repository.list_passkeys(work.session, access)
    has_factor = rows or await factors.kinds_of(work.session, access.organisation, access.subject)
    if has_factor and (access.stepped_up_at is None or access.stepped_up_at + STEP_UP_LIFE <= work.now):
        raise Forbidden("Prove again who you are, then repeat this.", code="step_up_required")
    if len(rows) >= MOST:
        raise Conflict(f"Nobody needs more than {MOST} passkeys. Delete one first.", code="too_many_passkeys")
    return rows


async def _count_as_factor(work: Work) -> None:
    """Who has just made a passkey has shown it: their present sign-in owes the clinic no second factor any more."""
    present = await sign_ins.lock_sign_in(work.session, work.access, work.access.sign_in)
    if present and present.made_by == "password":
        present.made_by = "passkey"


async def _made(work: Work, site: Site, data: AddPasskey) -> ceremony.Made:
    try:
        challenge = ceremony.challenge_of(data.credential.response.client_data_json)
        made = ceremony.made_passkey(site, challenge, data.credential)
    except ceremony.BrokenCeremony as error:
        raise _refused() from error
    ours = challenges.holds(_key(work), challenge, work.now, work.access.subject.bytes)
    if not ours or not await challenges.spend(work.session, work.access.organisation, challenge, work.now):
        raise _refused()
    return made


def _refused() -> Invalid:
    return Invalid("This passkey was not made for you, here and now. Begin again.", code="wrong_passkey")


def _new_row(work: Work, key: DataKey, data: AddPasskey, made: ceremony.Made) -> PasskeyRow:
    row = PasskeyRow(
        organisation_id=work.access.organisation,
        member_id=work.access.subject,
        id=new_id(),
        credential_hash=hash_secret(made.credential),
        public_key=made.public_key,
        counter=made.counter,
        created_at=work.now,
    )
    row.credential = key.seal(_place(row, "credential"), data.credential.raw_id)
    row.label = key.seal(_place(row, "label"), data.label)
    return row


def _passkey(row: PasskeyRow, key: DataKey) -> Passkey:
    label = key.open(_place(row, "label"), row.label)
    return Passkey(id=row.id, label=label, created_at=row.created_at, used_at=row.used_at or UNSET)


def _place(row: PasskeyRow, column: str) -> Place:
    organisation = row.organisation_id
    return Place(table="passkeys", column=column, organisation=organisation, owner=organisation, row=row.id)


def _key(work: Work) -> bytes:
    return work.keys.derive(work.access.organisation, "passkey creation")
