"""A therapist's own recording: from what was uploaded to the files that clients hear, in a worker process."""

# ruff: noqa: PLC0415 - the decoder and the mixer are imported where sound is made, never by the serving process
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from server.media.schemas import StoredFile
from server.media.workshop import claim, workshop_of


class Upload(Struct, frozen=True, kw_only=True):
    """A whole upload: where it is, where its files go, what they are called, and the lines that were read."""

    name: str
    source: Path
    into: Path
    title: str
    language: str
    lines: tuple[str, ...]


class Remark(Struct, frozen=True, kw_only=True):
    """Something about a recording, as a stable code and a sentence that holds nothing of the file."""

    code: str
    detail: str


class SoundReport(Struct, frozen=True, kw_only=True):
    """What was measured on an upload before it was mastered: ms, LUFS, dBFS, dB (`audio.md`, Uploads)."""

    duration_ms: int
    lufs: float
    true_peak_db: float
    clipped_runs: int
    noise_floor_db: float
    snr_db: float
    dc_offset: float
    speech_ratio: float
    lead_ms: int
    tail_ms: int


class Take(Struct, frozen=True, kw_only=True):
    """An upload that became a recording; captions are WebVTT, `aligned` when they follow the pauses that are heard."""

    duration_ms: int
    files: tuple[StoredFile, ...]
    captions: str
    aligned: bool
    report: SoundReport
    warnings: tuple[Remark, ...]


class RefusedUploadError(Exception):
    """An upload that cannot become a recording."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark)
        self.remark = remark


def take_in(folder: Path, upload: Upload) -> Take | None:
    """Make an upload's files in a folder of recordings, whole or not at all; None: another process is at it.

    Raises:
        RefusedUploadError: it cannot become a recording.
        RuntimeError: this machine cannot decode it, whatever it is.
        OSError: the disk is full or cannot be written.
    """
    from audio.uploads.errors import UploadError
    from audio.uploads.receive import receive

    with claim(workshop_of(folder), upload.name) as room:
        if room is None:
            return None
        try:
            made = receive(upload.source, room, title=upload.title, language=upload.language, lines=upload.lines)
        except UploadError as error:
            raise RefusedUploadError(Remark(code=error.code, detail=str(error))) from None
        for file in made.files:
            _keep(file.path, upload.into / file.codec)
        _keep(made.master, upload.into / "master.flac")
        return Take(
            duration_ms=made.duration_ms,
            files=tuple(msgspec.convert(file, StoredFile, from_attributes=True) for file in made.files),
            captions=made.captions,
            aligned=made.captions_aligned,
            report=msgspec.convert(made.report, SoundReport, from_attributes=True),
            warnings=tuple(Remark(code=each.code, detail=each.sentence) for each in made.report.warnings),
        )


def _keep(made: Path, place: Path) -> None:
    # A power cut must not leave a row that promises a file which is not there.
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(place)
