"""A therapist's own voice: sent in parts, listened to, published, taken back (decision 0037)."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import UUID

from server.accounts.policy import note
from server.accounts.work import Work
from server.care.recordings import repository
from server.care.recordings.consent import require_consent
from server.care.recordings.files import RecordingFiles
from server.care.recordings.models import RecordingRow
from server.care.recordings.schemas import ChangeRecording, NewRecording, OwnRecordings, Recording, Recordings
from server.care.recordings.telling import heard, made
from server.catalogue.snapshot import Snapshot
from server.kit.errors import Conflict, FieldError, Invalid, NotFound
from server.kit.ids import new_id
from server.media.schemas import Codec, StoredFile
from server.media.uploads import Take

MOST_RECORDINGS: Final = 500


async def add_recording(work: Work, data: NewRecording, catalogue: Snapshot, files: RecordingFiles) -> Recording:
    """Begin a recording; what was recorded before of the same exercise stays.

    Raises:
        Invalid: there is no such exercise in that language, or the consent is to another text.
        Conflict: the caller has as many as anybody needs.
    """
    require_consent(data.consent)
    exercise = catalogue.exercises.get(data.exercise)
    if exercise is None or data.language not in exercise.words:
        error = FieldError(pointer="/exercise", code="unknown_exercise", detail="There is no such exercise in words.")
        raise Invalid("There is no such exercise in this language.", errors=[error])
    if len(await repository.list_made(work.session, work.access)) >= MOST_RECORDINGS:
        raise Conflict(f"There are {MOST_RECORDINGS} recordings. Remove one first.", code="too_many_recordings")
    row = RecordingRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        member_id=work.access.subject,
        exercise=data.exercise,
        exercise_version=exercise.content_version,
        language=data.language,
        length=data.length,
        bytes=data.bytes,
        consent=data.consent,
        added_at=work.now,
        take=None,
        refusal=None,
        published_at=None,
    )
    work.session.add(row)
    await work.session.flush()
    note(work, None, about=row.id)
    return made(row, catalogue, files)


async def send_part(
    work: Work, recording: UUID, offset: int, part: bytes, catalogue: Snapshot, files: RecordingFiles
) -> Recording:
    """Put the next part of the sound behind what was received; with the last one it is looked at.

    Raises:
        NotFound: the caller has no such recording.
        Conflict: it has its sound already, or the part does not begin or end where it must.
        Unavailable: it cannot be kept now.
    """
    row = await _find(work, recording, lock=True)
    if row.take is not None or row.refusal is not None:
        raise Conflict("This recording has its sound. Begin another one.", code="has_sound")
    if offset + len(part) > row.bytes:
        raise Conflict("There are more bytes than were announced.", code="too_many_bytes")
    received = await asyncio.to_thread(files.append, row.organisation_id, row.id, offset, part)
    if received == row.bytes:
        files.news.set()
    return made(row, catalogue, files)


async def list_recordings(work: Work, catalogue: Snapshot, files: RecordingFiles) -> Recordings:
    """Return the caller's recordings, the newest first."""
    rows = await repository.list_made(work.session, work.access)
    return Recordings(items=[made(row, catalogue, files) for row in rows])


async def read_recording(work: Work, recording: UUID, catalogue: Snapshot, files: RecordingFiles) -> Recording:
    """Return one of the caller's recordings.

    Raises:
        NotFound: the caller has no such recording.
    """
    return made(await _find(work, recording), catalogue, files)


async def change_recording(
    work: Work, recording: UUID, data: ChangeRecording, catalogue: Snapshot, files: RecordingFiles
) -> Recording:
    """Publish a recording, or take it back; a phone learns of it at its next sync.

    Raises:
        NotFound: the caller has no such recording.
        Conflict: there is nothing to be heard.
    """
    row = await _find(work, recording, lock=True)
    if data.published and row.take is None:
        raise Conflict("There is nothing to be heard yet.", code="nothing_to_hear")
    if data.published != (row.published_at is not None):
        row.published_at = work.now if data.published else None
        await work.session.flush()
        note(work, None, about=row.id)
    return made(row, catalogue, files)


async def remove_recording(work: Work, recording: UUID, files: RecordingFiles) -> None:
    """Remove a recording with everything that was made of it.

    Raises:
        NotFound: the caller has no such recording.
    """
    row = await _find(work, recording, lock=True)
    note(work, None, about=row.id)
    await work.session.delete(row)
    await work.session.flush()
    files.set_aside(row.organisation_id, row.id)
    files.news.set()


async def list_heard(work: Work, catalogue: Snapshot) -> OwnRecordings:
    """Return what the caller, a client, may hear now; of a withdrawn exercise nothing."""
    rows = await repository.list_heard(work.session, work.access)
    return OwnRecordings(items=[heard(row, row.take) for row in rows if row.take and _is_offered(row, catalogue)])


async def find_file(
    work: Work, recording: UUID, codec: Codec, catalogue: Snapshot, files: RecordingFiles
) -> tuple[Path, StoredFile]:
    """Return where a file of a recording is, and what it is, for whoever made it or may hear it.

    Raises:
        NotFound: there is no such recording or file, or the caller may not know of it.
    """
    row, take = await _audible(work, recording, catalogue)
    file = next((each for each in take.files if each.codec == codec), None)
    path = files.place(row.organisation_id, row.id) / codec
    # A database that was restored without its folder names files that are not there.
    if file is None or not path.is_file():
        raise NotFound("There is no such file of a recording.")
    return path, file


async def read_captions(work: Work, recording: UUID, catalogue: Snapshot) -> str:
    """Return what is said, as WebVTT, for whoever made a recording or may hear it.

    Raises:
        NotFound: there is no such recording, or the caller may not know of it.
    """
    _, take = await _audible(work, recording, catalogue)
    return take.captions


async def _find(work: Work, recording: UUID, *, lock: bool = False) -> RecordingRow:
    row = await repository.find_made(work.session, work.access, recording, lock=lock)
    if row is None:
        raise NotFound("There is no such recording.")
    return row


async def _audible(work: Work, recording: UUID, catalogue: Snapshot) -> tuple[RecordingRow, Take]:
    if work.access.role == "client":
        row = await repository.find_heard(work.session, work.access, recording)
        row = row if row and _is_offered(row, catalogue) else None
    else:
        row = await repository.find_made(work.session, work.access, recording)
    if row is None or row.take is None:
        raise NotFound("There is no such recording.")
    return row, row.take


def _is_offered(row: RecordingRow, catalogue: Snapshot) -> bool:
    return row.exercise in catalogue.exercises
