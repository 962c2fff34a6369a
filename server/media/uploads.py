"""A therapist's own recording: from what was uploaded to the files that clients hear, in a worker process."""

# ruff: noqa: PLC0415 - the decoder and the mixer are imported where sound is made, never by the serving process
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from server.media.schemas import Codec
from server.media.workshop import claim, workshop_of


class Upload(Struct, frozen=True, kw_only=True):
    """A whole upload: where it is, where its files go, what they are called, and the lines that were read."""

    name: str
    source: Path
    into: Path
    title: str
    language: str
    lines: tuple[str, ...]


class HeardFile(Struct, frozen=True, kw_only=True):
    """One file of a recording, named by its codec where it is kept. Loudness in LUFS, true peak in dBTP."""

    codec: Codec
    media_type: str
    bytes: int
    sha256: str
    lufs: float
    true_peak_db: float


class SoundReport(Struct, frozen=True, kw_only=True):
    """What was measured on an upload, before it was mastered (`audio.md`, Uploads)."""

    lufs: float
    true_peak_db: float
    clipped_runs: int
    noise_floor_db: float
    signal_to_noise_db: float
    dc_offset: float
    speech_share: float
    lead_ms: int
    tail_ms: int


class Take(Struct, frozen=True, kw_only=True):
    """An upload that became a recording; captions are WebVTT, `aligned` when they follow the pauses that are heard.

    `warnings` are codes.
    """

    duration_ms: int
    files: tuple[HeardFile, ...]
    captions: str
    aligned: bool
    report: SoundReport
    warnings: tuple[str, ...]


class RefusedUploadError(Exception):
    """An upload that cannot become a recording: a stable code and a sentence, which hold nothing of the file."""

    @property
    def code(self) -> str:
        """Return the stable code."""
        return str(self.args[0])

    @property
    def detail(self) -> str:
        """Return the sentence."""
        return str(self.args[1])


def take_in(folder: Path, upload: Upload) -> Take | None:
    """Make an upload's files in a folder of recordings, whole or not at all; None: another process is at it.

    Raises:
        RefusedUploadError: it cannot become a recording.
        OSError: the disk is full or cannot be written.
    """
    from audio.uploads import UploadError, receive

    with claim(workshop_of(folder), upload.name) as room:
        if room is None:
            return None
        try:
            made = receive(upload.source, room, title=upload.title, language=upload.language, lines=upload.lines)
        except UploadError as error:
            raise RefusedUploadError(error.code, str(error)) from None
        for file in made.files:
            _keep(file.path, upload.into / file.codec)
        _keep(made.master, upload.into / "master.flac")
        return Take(
            duration_ms=made.duration_ms,
            files=tuple(msgspec.convert(file, HeardFile, from_attributes=True) for file in made.files),
            captions=made.captions,
            aligned=made.aligned,
            report=msgspec.convert(made.report, SoundReport, from_attributes=True),
            warnings=made.report.warnings,
        )


def _keep(made: Path, place: Path) -> None:
    # A power cut must not leave a row that promises a file which is not there.
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(place)
