"""The clinic's practice sets: a change makes another version, and whoever has one keeps it (`domain.md`, Plan)."""

from uuid import UUID, uuid5

from msgspec import UnsetType
from msgspec.structs import replace

from server.accounts.work import Work
from server.care import repository
from server.care.models import PracticeSetRow
from server.care.pins import pin
from server.care.schemas import ChangePracticeSet, NewPracticeSet, PracticeSet, PracticeSets
from server.catalogue.snapshot import Snapshot
from server.kit.errors import NotFound
from server.kit.ids import new_id
from server.vault.sealing import DataKey, Place
from server.web.etags import require_match, revision_etag


async def add_set(work: Work, data: NewPracticeSet, catalogue: Snapshot) -> PracticeSet:
    """Make the first version of a practice set; each item pins the present version of its exercises.

    Raises:
        Invalid: see `pin`.
    """
    practice_set = PracticeSet(
        id=new_id(), version=1, title=data.title, items=pin(data.items, catalogue), retired=False
    )
    return await _keep(work, practice_set)


async def change_set(
    work: Work, key: UUID, data: ChangePracticeSet, if_match: str | None, catalogue: Snapshot
) -> PracticeSet:
    """Make the next version of a practice set. Nothing that was assigned changes, and nobody is told.

    Items that are sent pin the present version of their exercises; items that are not stay as they are.

    Raises:
        NotFound: the clinic has no such set.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the newest version.
        Invalid: see `pin`.
    """
    if not await repository.hold_set(work.session, work.access, key):
        raise NotFound("There is no such practice set, or no such version of it.")
    present = await read_set(work, key, None)
    require_match(if_match, revision_etag(present.version))
    changed = replace(
        present,
        version=present.version + 1,
        title=present.title if isinstance(data.title, UnsetType) else data.title,
        items=present.items if isinstance(data.items, UnsetType) else pin(data.items, catalogue, present.items),
        retired=present.retired if isinstance(data.retired, UnsetType) else data.retired,
    )
    return await _keep(work, changed)


async def list_sets(work: Work) -> PracticeSets:
    """Return the newest version of each of the clinic's practice sets that are not retired, by title."""
    key = await work.vault.key(work.access.organisation, work.access.organisation)
    rows = await repository.list_sets(work.session, work.access)
    items = [_set(row, key) for row in rows if not row.retired]
    return PracticeSets(items=sorted(items, key=lambda each: (each.title.casefold(), each.id)))


async def read_set(work: Work, key: UUID, version: int | None) -> PracticeSet:
    """Return a version of a practice set, the newest when none is named.

    Raises:
        NotFound: the clinic has no such set or version.
    """
    row = await find_set(work, key, version)
    return _set(row, await work.vault.key(row.organisation_id, row.organisation_id))


async def find_set(work: Work, key: UUID, version: int | None) -> PracticeSetRow:
    """Return the row of a version of a practice set, the newest when none is named.

    Raises:
        NotFound: the clinic has no such set or version.
    """
    row = await repository.find_set(work.session, work.access, key, version)
    if row is None:
        raise NotFound("There is no such practice set, or no such version of it.")
    return row


def title_place(organisation: UUID, practice_set: UUID, version: int) -> Place:
    """Return where the sealed title of one version of a practice set stands; it opens for no other version."""
    row = uuid5(practice_set, str(version))
    return Place(table="practice_sets", column="title", organisation=organisation, owner=organisation, row=row)


def title_of(row: PracticeSetRow, key: DataKey) -> str:
    """Return the title of a version of a practice set; `key` is the clinic's."""
    return key.open(title_place(row.organisation_id, row.id, row.version), row.title)


async def _keep(work: Work, practice_set: PracticeSet) -> PracticeSet:
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    place = title_place(organisation, practice_set.id, practice_set.version)
    row = PracticeSetRow(
        organisation_id=organisation,
        id=practice_set.id,
        version=practice_set.version,
        title=key.seal(place, practice_set.title),
        items=practice_set.items,
        retired=practice_set.retired,
        made_by=work.access.subject,
        made_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    return practice_set


def _set(row: PracticeSetRow, key: DataKey) -> PracticeSet:
    return PracticeSet(id=row.id, version=row.version, title=title_of(row, key), items=row.items, retired=row.retired)
