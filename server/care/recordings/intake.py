"""What is done with recordings when nobody waits for it: uploads become sound, and what was removed goes away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.care.recordings import repository
from server.care.recordings.files import RecordingFiles
from server.care.recordings.models import RecordingRow
from server.catalogue.resolve import resolve
from server.catalogue.schemas import Line
from server.catalogue.snapshot import Snapshot
from server.catalogue.vocabulary import Length
from server.db.engine import Sessions
from server.db.tenancy import enter
from server.db.unit import unit_of_work
from server.media.uploads import RefusedUploadError, Remark, Take, Upload
from server.media.workshop import sweep
from server.web.tracing import log_failure

LOOKS_AGAIN_S: Final = 600.0
# What is told of is committed by then.
_SETTLES_S: Final = 1.0
_ATTEMPTS: Final = 3
FAILED: Final = Remark(
    code="failed",
    detail="Something went wrong on our side. Record it once more, and tell the operator if this comes again.",
)
Receive = Callable[[Upload], Awaitable[Take | None]]


class Intake:
    """Looks at every upload that is all there, also at those a server that died has left.

    The row is what counts: it says what became of an upload, and files without one are nobody's.
    """

    def __init__(self, sessions: Sessions, files: RecordingFiles, catalogue: Snapshot, receive: Receive) -> None:
        self._sessions = sessions
        self._files = files
        self._catalogue = catalogue
        self._receive = receive
        self._failed: dict[UUID, int] = {}

    async def run(self) -> None:
        """See to everything, now and whenever there is news, until cancelled."""
        await asyncio.to_thread(sweep, self._files.folder)
        while True:
            try:
                await self.see_to_all()
            except Exception as error:  # noqa: BLE001 - a database that is away must not end it for good
                log_failure(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._files.news.wait(), LOOKS_AGAIN_S)
            self._files.news.clear()
            await asyncio.sleep(_SETTLES_S)

    async def see_to_all(self) -> None:
        """Take in every whole upload, and clear away what was removed."""
        for organisation in self._files.organisations():
            await self._clear_away(organisation)
            for recording in self._files.uploads(organisation):
                await self._take_in(organisation, recording)

    async def _clear_away(self, organisation: UUID) -> None:
        async with self._unit(organisation) as session:
            for row in await repository.list_left_behind(session, organisation):
                await session.delete(row)
                self._files.set_aside(organisation, row.id)
        for recording in [*self._files.removed(organisation)]:
            async with self._unit(organisation) as session:
                # Locked: a removal that is not committed yet is waited for, and not taken for one that was undone.
                present = await repository.find_any(session, organisation, recording, lock=True)
            self._files.settle(organisation, recording, gone=present is None)

    async def _take_in(self, organisation: UUID, recording: UUID) -> None:
        async with self._unit(organisation) as session:
            row = await repository.find_any(session, organisation, recording)
        if row is None or self._files.received(organisation, recording) < row.bytes:
            return
        if not _is_settled(row):
            take, refusal = await self._outcome(row)
            if take is None and refusal is None:
                return
            await self._settle(row, take, refusal)
        self._files.drop_upload(organisation, recording)

    async def _settle(self, row: RecordingRow, take: Take | None, refusal: Remark | None) -> None:
        async with self._unit(row.organisation_id) as session:
            if present := await repository.find_any(session, row.organisation_id, row.id, lock=True):
                present.take, present.refusal = take, refusal

    async def _outcome(self, row: RecordingRow) -> tuple[Take | None, Remark | None]:
        """Return what became of an upload, or why nothing did; neither when it is to be tried again."""
        try:
            return await self._receive(self._upload(row)), None
        except RefusedUploadError as refused:
            return None, refused.remark
        except Exception as error:  # noqa: BLE001 - one upload that cannot be taken in must not stop the others
            log_failure(error)
            self._failed[row.id] = self._failed.get(row.id, 0) + 1
            return None, FAILED if self._failed[row.id] >= _ATTEMPTS else None

    def _upload(self, row: RecordingRow) -> Upload:
        title, lines = script_of(self._catalogue, row.exercise, row.language, row.length)
        return Upload(
            name=str(row.id),
            source=self._files.upload(row.organisation_id, row.id),
            into=self._files.place(row.organisation_id, row.id),
            title=title,
            language=row.language,
            lines=lines,
        )

    @asynccontextmanager
    async def _unit(self, organisation: UUID) -> AsyncIterator[AsyncSession]:
        async with unit_of_work(self._sessions, writes=True) as session:
            await enter(session, organisation)
            yield session


def _is_settled(row: RecordingRow) -> bool:
    return row.take is not None or row.refusal is not None


def script_of(catalogue: Snapshot, slug: str, language: str, length: Length) -> tuple[str, tuple[str, ...]]:
    """Return an exercise's title and what is read aloud in one length; neither when it was withdrawn meanwhile."""
    exercise = catalogue.exercises.get(slug)
    words = exercise and exercise.words.get(language)
    if not exercise or not words:
        return "", ()
    items = (item for step in resolve(exercise, language, length, frozenset()).steps for item in step.items)
    lines = (each for item in items for each in ([item.say] if isinstance(item, Line) else item.overlay) if each)
    return words.front.title, tuple(lines)
