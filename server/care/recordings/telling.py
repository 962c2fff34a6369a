"""What is told of a recording: to whom it is the voice of, and to whom it is for."""

from msgspec import UNSET

from server.care.recordings.files import RecordingFiles
from server.care.recordings.models import RecordingRow
from server.care.recordings.schemas import OwnRecording, Recording, RecordingSound, Status
from server.catalogue.snapshot import Snapshot
from server.catalogue.views import AudioFile
from server.media.entries import told_file
from server.media.uploads import Take


def made(row: RecordingRow, catalogue: Snapshot, files: RecordingFiles) -> Recording:
    """Tell a member of their own recording."""
    received = row.bytes if row.take or row.refusal else files.received(row.organisation_id, row.id)
    present = catalogue.exercises.get(row.exercise)
    return Recording(
        id=row.id,
        exercise=row.exercise,
        exercise_version=row.exercise_version,
        language=row.language,
        length=row.length,
        status=_status(row, received),
        bytes=row.bytes,
        received_bytes=received,
        outdated=present is None or present.content_version != row.exercise_version,
        added_at=row.added_at,
        refusal=row.refusal or UNSET,
        sound=_sound(row, row.take) if row.take else UNSET,
        published_at=row.published_at or UNSET,
    )


def heard(row: RecordingRow, take: Take) -> OwnRecording:
    """Tell a client of a recording they may hear."""
    return OwnRecording(
        id=row.id,
        member_id=row.member_id,
        exercise=row.exercise,
        exercise_version=row.exercise_version,
        language=row.language,
        length=row.length,
        duration_ms=take.duration_ms,
        files=_files(row, take),
        captions_url=_captions_url(row),
    )


def _status(row: RecordingRow, received: int) -> Status:
    if row.refusal:
        return "refused"
    if row.take is None:
        return "checking" if received >= row.bytes else "waiting"
    return "published" if row.published_at else "ready"


def _sound(row: RecordingRow, take: Take) -> RecordingSound:
    return RecordingSound(
        duration_ms=take.duration_ms,
        files=_files(row, take),
        captions_url=_captions_url(row),
        captions_aligned=take.aligned,
        report=take.report,
        warnings=[*take.warnings],
    )


def _files(row: RecordingRow, take: Take) -> list[AudioFile]:
    return [told_file(file, f"/v1/recordings/{row.id}/files/{file.codec}") for file in take.files]


def _captions_url(row: RecordingRow) -> str:
    return f"/v1/recordings/{row.id}/captions"
