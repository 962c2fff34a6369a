"""Those who support a client. The client alone lets them in, decides what they see, and ends it."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from server.accounts import repository as accounts
from server.accounts.policy import access_client, note
from server.accounts.sharing import repository
from server.accounts.sharing.models import ConsentRow, SupportPersonRow
from server.accounts.sharing.rules import Reader, scopes_for
from server.accounts.sharing.schemas import AddSupportPerson, SupportPerson, SupportPersons
from server.accounts.sharing.service import Grant, give
from server.accounts.work import Work
from server.kit.errors import NotFound
from server.kit.ids import new_id
from server.vault.sealing import DataKey, Place


async def add_support_person(work: Work, data: AddSupportPerson) -> SupportPerson:
    """Let somebody see what is named, from when their phone is paired."""
    organisation, client = work.access.organisation, work.access.subject
    key = await work.vault.key(organisation, client)
    person = new_id()
    shown = None if isinstance(data.shown_name, UnsetType) else data.shown_name
    row = SupportPersonRow(
        organisation_id=organisation,
        id=person,
        client_id=client,
        name=key.seal(_place(organisation, client, person, "name"), data.name),
        shown_name=shown and key.seal(_place(organisation, client, person, "shown_name"), shown),
        started_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    note(work, client, about=person)
    grant = Grant(grantee="support_person", support_person=person)
    ledger = [await give(work, grant, scope, None) for scope in sorted(set(data.scopes))]
    return _person(work, row, key, ledger)


async def list_support_persons(work: Work) -> SupportPersons:
    """Return who supports the caller, and who did before."""
    client = await access_client(work, work.access.subject)
    key = await work.vault.key(client.organisation_id, client.id)
    ledger = await repository.list_consents(work.session, work.access, client.id)
    rows = await repository.list_support_persons(work.session, work.access)
    return SupportPersons(items=[_person(work, row, key, ledger) for row in rows])


async def end_support_person(work: Work, person: UUID) -> None:
    """End somebody's support, and all that is shared with them; ending it again changes nothing.

    Raises:
        NotFound: nobody supports or supported the caller under this id.
    """
    await accounts.lock_client(work.session, work.access, work.access.subject)
    row = await repository.find_support_person(work.session, work.access, person)
    if row is None:
        raise NotFound("There is no such support person.")
    if row.ended_at is None:
        row.ended_at = work.now
        await work.session.flush()
        await repository.revoke_all_of(work.session, work.access, person, work.now)
        note(work, row.client_id, about=person)


async def require_support_person(work: Work, person: UUID) -> SupportPersonRow:
    """Return somebody who supports the caller now.

    Raises:
        NotFound: there is none with this id.
    """
    row = await repository.find_support_person(work.session, work.access, person)
    if row is None or row.ended_at is not None:
        raise NotFound("There is no such support person.")
    return row


class Supporter(Struct, frozen=True, kw_only=True):
    """The caller, who supports a client, and what the client lets them call them."""

    client: UUID
    shown_name: str | None


async def read_supporter(work: Work) -> Supporter:
    """Return whom the caller supports.

    Raises:
        NotFound: nobody (any more).
    """
    row = await repository.find_supporter(work.session, work.access)
    if row is None:
        raise NotFound("There is nobody you support.")
    await access_client(work, row.client_id)
    key = await work.vault.key(row.organisation_id, row.client_id)
    return Supporter(client=row.client_id, shown_name=_shown_name(row, key))


def _place(organisation: UUID, client: UUID, person: UUID, column: str) -> Place:
    return Place(table="support_persons", column=column, organisation=organisation, owner=client, row=person)


def _person(work: Work, row: SupportPersonRow, key: DataKey, ledger: Iterable[ConsentRow]) -> SupportPerson:
    reader = Reader(kind="support_person", id=row.id)
    return SupportPerson(
        id=row.id,
        name=key.open(_place(row.organisation_id, row.client_id, row.id, "name"), row.name),
        scopes=sorted(scopes_for(ledger, reader, work.now)),
        started_at=row.started_at,
        shown_name=_shown_name(row, key) or UNSET,
        ended_at=row.ended_at or UNSET,
    )


def _shown_name(row: SupportPersonRow, key: DataKey) -> str | None:
    """Return what a support person is shown of the client's name."""
    place = _place(row.organisation_id, row.client_id, row.id, "shown_name")
    return None if row.shown_name is None else key.open(place, row.shown_name)
