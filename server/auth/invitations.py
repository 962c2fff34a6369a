"""Inviting people to work at the clinic. No e-mail is sent: the admin hands the link over."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import add_member, find_by_email, hash_email
from server.accounts.policy import note
from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.accounts.work import Work
from server.audit.service import Entry, record
from server.auth import repository
from server.auth.credentials import check_new_password, store_password
from server.auth.door import Door
from server.auth.links import link_to
from server.auth.models import InvitationRow
from server.auth.passwords import hash_password
from server.auth.schemas import AcceptInvitation, Invitation, Invitations, Invite, Joined, NewInvitation
from server.db.tenancy import enter
from server.kit.errors import Conflict, NotFound, Unauthorised
from server.kit.ids import new_id
from server.vault.keys import Keys
from server.vault.sealing import DataKey, Place
from server.vault.service import Vault

LIFE = timedelta(hours=72)


async def invite(work: Work, data: Invite, public_url: str) -> NewInvitation:
    """Make a link by which somebody joins; an older one for the same address is over.

    Raises:
        Conflict: the address is already a member's.
    """
    organisation = work.access.organisation
    if await find_by_email(work.session, work.keys, organisation, data.email):
        raise Conflict("This e-mail address already belongs to a member.", code="known_email")
    address = hash_email(work.keys, organisation, data.email)
    await repository.end_invitations(work.session, work.access, address, work.now)
    key = await work.vault.key(organisation, organisation)
    invitation, secret = new_id(), new_secret()
    row = InvitationRow(
        organisation_id=organisation,
        id=invitation,
        member_id=work.access.subject,
        email_hash=address,
        email=key.seal(_place(organisation, invitation, "email"), data.email.casefold()),
        name=key.seal(_place(organisation, invitation, "name"), data.name),
        role=data.role,
        secret_hash=hash_secret(secret),
        made_at=work.now,
        expires_at=work.now + LIFE,
    )
    work.session.add(row)
    note(work, None, about=invitation)
    url = link_to(
        public_url, "invitation", Token(organisation=organisation, sign_in=invitation, secret=secret).text("gwi")
    )
    return NewInvitation(invitation=_invitation(row, key, work.now), url=url)


async def list_invitations(work: Work) -> Invitations:
    """Return every invitation, newest first."""
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    rows = await repository.list_invitations(work.session, work.access)
    return Invitations(items=[_invitation(row, key, work.now) for row in rows])


async def end_invitation(work: Work, invitation: UUID) -> None:
    """Take an invitation back; again, or after it was accepted, changes nothing.

    Raises:
        NotFound: there is no such invitation.
    """
    row = await repository.lock_invitation(work.session, work.access.organisation, invitation)
    if row is None:
        raise NotFound("There is no such invitation.")
    if _is_open(row, work.now):
        row.ended_at = work.now
        note(work, None, about=invitation)


async def accept(door: Door, data: AcceptInvitation) -> Joined:
    """Join the clinic with a password of one's own. It is hashed between two transactions, so nobody waits for it.

    Raises:
        Unauthorised: the link is none of ours, used, taken back or expired; one answer for all.
        Invalid: the password is too short or too easy to guess.
        Conflict: the address has become a member's in the meantime.
    """
    token = read_token(data.secret, "gwi")
    if token is None:
        raise _over()
    async with door.unit() as session:
        row = await _find(session, token, door.now)
        key = await Vault(session, door.keys).key(token.organisation, token.organisation)
        told = _invitation(row, key, door.now)
        clinic = await repository.find_organisation(session, token.organisation)
    await check_new_password(data.password, (told.email, told.name, clinic.handle, clinic.name))
    hashed = await hash_password(data.password)
    async with door.unit() as session:
        row = await _find(session, token, door.now)
        row.accepted_at = door.now
        member = await _join(session, door.keys, row, told, door.now)
        await store_password(session, token.organisation, member, hashed, door.now)
    return Joined(id=member, name=told.name, email=told.email, role=told.role, organisation=clinic.handle)


async def _find(session: AsyncSession, token: Token, now: datetime) -> InvitationRow:
    await enter(session, token.organisation)
    row = await repository.lock_invitation(session, token.organisation, token.sign_in)
    if row is None or not _is_open(row, now) or not same_secret(token.secret, row.secret_hash):
        raise _over()
    return row


async def _join(session: AsyncSession, keys: Keys, row: InvitationRow, told: Invitation, now: datetime) -> UUID:
    organisation = row.organisation_id
    member = await add_member(session, keys, organisation, row.role, told.email, told.name, now)
    entry = Entry(at=now, actor=member, role=row.role, action="acceptInvitation", object=row.id)
    await record(session, keys, organisation, entry)
    return member


def _over() -> Unauthorised:
    return Unauthorised("This invitation is not valid. Ask for a new one.", code="wrong_invitation")


def _is_open(row: InvitationRow, now: datetime) -> bool:
    return row.accepted_at is None and row.ended_at is None and row.expires_at > now


def _place(organisation: UUID, invitation: UUID, column: str) -> Place:
    return Place(table="invitations", column=column, organisation=organisation, owner=organisation, row=invitation)


def _invitation(row: InvitationRow, key: DataKey, now: datetime) -> Invitation:
    return Invitation(
        id=row.id,
        email=key.open(_place(row.organisation_id, row.id, "email"), row.email),
        name=key.open(_place(row.organisation_id, row.id, "name"), row.name),
        role=row.role,
        open=_is_open(row, now),
        made_at=row.made_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at or UNSET,
        ended_at=row.ended_at or UNSET,
    )
