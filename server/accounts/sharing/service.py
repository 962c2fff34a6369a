"""The consent ledger: what a client shares, with whom, until when. Only the client writes it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.accounts import repository as accounts
from server.accounts.policy import access_client, note
from server.accounts.sharing import repository
from server.accounts.sharing.models import ConsentRow
from server.accounts.sharing.rules import Reader, holds, scopes_for
from server.accounts.sharing.schemas import SUPPORT_SCOPES, AddConsent, Consent, Consents, Grantee, Scope
from server.accounts.work import Work
from server.kit.days import on_calendar
from server.kit.errors import FieldError, Invalid, NotFound
from server.kit.ids import new_id


class Grant(Struct, frozen=True, kw_only=True):
    """Whom something is shared with."""

    grantee: Grantee
    member: UUID | None = None
    support_person: UUID | None = None


async def add_consent(work: Work, data: AddConsent) -> Consent:
    """Share something from now on; it takes the place of an earlier consent for the same scope and grantee.

    Raises:
        NotFound: the member does not care for the caller, or the support person does not support them.
        Invalid: it would be over before it begins, lies beyond the calendar, or names what that person never sees.
    """
    expires = None if isinstance(data.expires, UnsetType) else data.expires
    if expires and not (work.now < expires and on_calendar(expires)):
        raise _wrong("/expires", "out_of_range", "A consent ends after it begins, and by 2199.")
    await accounts.lock_client(work.session, work.access, work.access.subject)
    grant = await _grant(work, data)
    if grant.support_person and data.scope not in SUPPORT_SCOPES:
        raise _wrong("/scope", "not_allowed", "A support person can be given streak and check_ins only.")
    return _consent(work, await give(work, grant, data.scope, expires))


async def _grant(work: Work, data: AddConsent) -> Grant:
    member, supporter = _id(data.member_id), _id(data.support_person_id)
    if member and supporter:
        raise _wrong("/support_person_id", "not_allowed", "Name a member or a support person, not both.")
    if member:
        if not await accounts.cares_for(work.session, work.access, member, work.access.subject):
            raise NotFound("There is no such person in your care team.")
        return Grant(grantee="member", member=member)
    if supporter:
        row = await repository.find_support_person(work.session, work.access, supporter)
        if row is None or row.ended_at is not None:
            raise NotFound("There is no such support person.")
        return Grant(grantee="support_person", support_person=supporter)
    return Grant(grantee="care_team")


async def give(work: Work, grant: Grant, scope: Scope, expires: datetime | None) -> ConsentRow:
    """Write a line of the caller's ledger; it takes the place of one for the same scope and grantee."""
    row = ConsentRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        client_id=work.access.subject,
        grantee=grant.grantee,
        member_id=grant.member,
        support_person_id=grant.support_person,
        scope=scope,
        purpose="support" if grant.support_person else "care",
        from_at=work.now,
        expires=expires,
    )
    await repository.revoke_alike(work.session, work.access, row, work.now)
    work.session.add(row)
    await work.session.flush()
    note(work, row.client_id, about=row.id)
    return row


async def list_consents(work: Work) -> Consents:
    """Return the caller's own ledger, newest first."""
    client = await access_client(work, work.access.subject)
    rows = await repository.list_consents(work.session, work.access, client.id)
    return Consents(items=[_consent(work, row) for row in rows])


async def revoke_consent(work: Work, key: UUID) -> None:
    """End a consent of the caller's own; what it shared is closed from the next request on.

    Raises:
        NotFound: there is none with this id.
    """
    row = await repository.lock_consent(work.session, work.access, key)
    if row is None:
        raise NotFound("There is no such consent.")
    if holds(row, work.now):
        row.revoked_at = work.now
        note(work, row.client_id, about=row.id)


async def shared_scopes(work: Work, client: UUID) -> frozenset[Scope]:
    """Return what a client whom the caller may see shares with the caller now."""
    ledger = await repository.list_consents(work.session, work.access, client)
    reader = Reader(kind="support_person" if work.access.role == "support" else "member", id=work.access.subject)
    return scopes_for(ledger, reader, work.now)


async def shared_scopes_of(work: Work, clients: Collection[UUID]) -> dict[UUID, frozenset[Scope]]:
    """Return what each of these clients, whom the caller cares for, shares with the caller now."""
    ledgers: dict[UUID, list[ConsentRow]] = {client: [] for client in clients}
    for row in await repository.list_consents_of(work.session, work.access, clients):
        ledgers[row.client_id].append(row)
    reader = Reader(kind="member", id=work.access.subject)
    return {client: scopes_for(ledger, reader, work.now) for client, ledger in ledgers.items()}


def _consent(work: Work, row: ConsentRow) -> Consent:
    return Consent(
        id=row.id,
        scope=row.scope,
        purpose=row.purpose,
        grantee=row.grantee,
        from_at=row.from_at,
        holds=holds(row, work.now),
        member_id=row.member_id or UNSET,
        support_person_id=row.support_person_id or UNSET,
        expires=row.expires or UNSET,
        revoked_at=row.revoked_at or UNSET,
    )


def _id(given: UUID | UnsetType) -> UUID | None:
    return None if isinstance(given, UnsetType) else given


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid("This cannot be shared like this.", errors=[FieldError(pointer=pointer, code=code, detail=detail)])
