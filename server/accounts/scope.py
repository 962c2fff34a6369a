"""A client's scope: the unit of order and of sync (`sync.md`, Scope log). Whatever a phone pulls is written in one."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts import repository
from server.accounts.digest import added, term
from server.accounts.models import ClientRow, RevisionRow, SyncHeadRow, ZoneRow
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.kit.errors import Gone

# A client's own row is the first thing in their scope.
FIRST = 1
ERASED = "Everything that was kept here has been erased, for good."


class Scope:
    """A client's scope, locked until the transaction ends: version order is commit order on both databases."""

    def __init__(self, session: AsyncSession, head: SyncHeadRow, now: datetime) -> None:
        self._session = session
        self.head = head
        self.now = now

    def add(self, item: UUID, *, replaces: int | None = None, deleted: bool = False) -> int:
        """Return the version of a row that is written now; `replaces` is the version it had before."""
        head = self.head
        head.version += 1
        gone = 0 if replaces is None else -term(item, replaces, deleted=False)
        head.digest = added(head.digest, gone, term(item, head.version, deleted=deleted))
        # Who changes more than practice knows nothing of streaks: what is kept of them is read anew.
        head.standing = head.answer = None
        return head.version

    def record(self, item: UUID, state: Struct, *, replaces: int | None = None, deleted: bool = False) -> int:
        """Do as `add` for a document that changes, and keep what it says from now on; `state` is a tagged struct.

        No free text stands in a state: revisions are kept in clear.
        """
        version = self.add(item, replaces=replaces, deleted=deleted)
        self._session.add(
            RevisionRow(
                organisation_id=self.head.organisation_id,
                client_id=self.head.client_id,
                version=version,
                item_id=item,
                kind=str(state.__struct_config__.tag),
                at=self.now,
                body=msgspec.json.encode(state).decode(),
            )
        )
        return version


async def open_scope(work: Work, client: UUID) -> Scope:
    """Lock the scope of a client whom the caller was let through to; see `lock_scope`."""
    return await lock_scope(work.session, work.access.organisation, client, work.now)


async def open_client(work: Work, client: UUID) -> tuple[Scope, ClientRow]:
    """Lock the scope of a client, and return it with the client as they are once nobody else can change them.

    Raises:
        NotFound: the caller may not see this client.
        Gone: the client is being erased.
    """
    await access_client(work, client)
    scope = await open_scope(work, client)
    # The digest forgets the version that is replaced: it must not be an older one.
    return scope, await repository.read_anew(work.session, work.access.organisation, client)


async def lock_scope(session: AsyncSession, organisation: UUID, client: UUID, now: datetime) -> Scope:
    """Lock a client's scope; whoever else writes it waits.

    Raises:
        Gone: the client is being erased.
    """
    # Before the client and any row that points at them, as an erasure does: else two could wait for each other.
    head = await repository.lock_head(session, organisation, client)
    if head is None:
        raise Gone(ERASED, code="scope_erased")
    return Scope(session, head, now)


def new_zone(scope: Scope, item: UUID, at: datetime, zone: str) -> ZoneRow:
    """Return a row that says where the client lives from an instant on."""
    owner = {"organisation_id": scope.head.organisation_id, "client_id": scope.head.client_id}
    return ZoneRow(**owner, at=at, id=item, zone=zone, received_at=scope.now, version=scope.add(item))


def begin_scope(session: AsyncSession, organisation: UUID, client: UUID, now: datetime) -> Scope:
    """Begin the scope of a new client, whose row is there."""
    head = SyncHeadRow(organisation_id=organisation, client_id=client, epoch=uuid4(), version=0, digest=0)
    session.add(head)
    return Scope(session, head, now)
