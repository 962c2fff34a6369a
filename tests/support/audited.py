"""A clinic with an audit and nothing else, and an intruder who has every right in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from support.clinic import KEYS as KEY_TEXT
from support.clinic import NOON
from support.postgres import SUPERUSER, as_role

from server.accounts.models import OrganisationRow
from server.audit.models import AuditHeadRow
from server.audit.schemas import Entry, Head, Verdict
from server.audit.service import record, verify
from server.db.engine import Sessions, create_engine
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.settings import database_url
from server.vault.keyfile import parse
from server.vault.keys import SETTING, LocalKeys

THEO, ANA = UUID(int=7), UUID(int=8)
_LIST = parse(KEY_TEXT, SETTING)
KEYS = LocalKeys(_LIST.versions, index=_LIST.index)


def read_of(client: UUID | None, *, at: datetime = NOON, action: str = "readClient") -> Entry:
    return Entry(at=at, actor=THEO, role="therapist", action=action, client=client)


class Audited:
    """One organisation of a database that may hold several; `intruder` is bound by nothing."""

    def __init__(self, sessions: Sessions, intruder: Sessions, organisation: UUID) -> None:
        self.sessions = sessions
        self.intruder = intruder
        self.organisation = organisation
        self.handle = f"clinic-{organisation.hex[:12]}"

    async def neighbour(self) -> "Audited":
        """Found another clinic in the same database."""
        return await found(self.sessions, self.intruder)

    @asynccontextmanager
    async def session(self, *, writes: bool = False) -> AsyncIterator[AsyncSession]:
        async with unit_of_work(self.sessions, writes=writes) as session:
            await enter(session, self.organisation)
            yield session

    async def record(self, *entries: Entry) -> Head | None:
        async with self.session(writes=True) as session:
            return await record(session, KEYS, self.organisation, *entries)

    async def fill(self, entries: int) -> None:
        """Record entries one transaction each, a minute apart."""
        for minute in range(entries):
            await self.record(read_of(ANA, at=NOON + timedelta(minutes=minute)))

    async def verify(self, anchor: Head | None = None) -> Verdict:
        async with self.session() as session:
            return await verify(session, KEYS, self.organisation, anchor)

    async def tamper(self, *statements: str, **values: Any) -> None:
        """Run statements as the intruder with the guards out of the way; `:mine` is the organisation."""
        async with unit_of_work(self.intruder, writes=True) as session:
            for guard in _guards(session):
                await session.execute(text(guard))
        for statement in statements:
            await self.run(statement, **values)

    async def run(self, statement: str, **values: Any) -> None:
        """Run a statement as the intruder; `:mine` is the organisation."""
        async with unit_of_work(self.intruder, writes=True) as session:
            told = {"mine": self.organisation, **values}
            kinds = [bindparam(name, type_=Uuid()) for name in told if isinstance(told[name], UUID)]
            used = [kind for kind in kinds if f":{kind.key}" in statement]
            named = text(statement).bindparams(*used)
            await session.execute(named, {name: told[name] for name in told if f":{name}" in statement})

    async def head_mac(self) -> bytes:
        """Return what the database keeps behind the newest entry."""
        async with self.session() as session:
            query = select(AuditHeadRow.mac).where(AuditHeadRow.organisation_id == self.organisation)
            return (await session.scalars(query)).one()


def _guards(session: AsyncSession) -> list[str]:
    trigger = "audit_entries_append_only"
    if session.get_bind().dialect.name == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {trigger} ON audit_entries"]
    return [f"DROP TRIGGER IF EXISTS {trigger}_{verb}" for verb in ("update", "delete", "insert")]


async def found(sessions: Sessions, intruder: Sessions) -> Audited:
    """Found a clinic; one more than SQLite holds, if need be."""
    audited = Audited(sessions, intruder, uuid4())
    row = OrganisationRow(
        id=audited.organisation,
        handle=audited.handle,
        name=audited.handle,
        demo=False,
        needs_second_factor=True,
        created_at=NOON,
    )
    async with audited.session(writes=True) as session:
        session.add(row)
    return audited


@asynccontextmanager
async def open_audited(database: str) -> AsyncIterator[Audited]:
    roles = (database, as_role(database, SUPERUSER))
    sessions, intruder = (Sessions(create_engine(database_url(url))) for url in roles)
    try:
        yield await found(sessions, intruder)
    finally:
        await sessions.engine.dispose()
        await intruder.engine.dispose()
