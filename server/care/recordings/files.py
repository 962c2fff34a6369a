"""Where recordings are: `<organisation>/<recording>/` with what was uploaded of it, or with the files to be heard."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from server.kit.errors import Conflict, Unavailable

_UPLOAD = "upload"
_REMOVED = ".removed"


class RecordingFiles:
    """The files of all recordings; a name in it is an id of ours or a codec, and nothing of anybody's.

    `news` is set when there is something to do for the intake.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.news = asyncio.Event()

    def place(self, organisation: UUID, recording: UUID) -> Path:
        """Return the folder of a recording."""
        return self.folder / str(organisation) / str(recording)

    def upload(self, organisation: UUID, recording: UUID) -> Path:
        """Return where the parts of an upload are put together."""
        return self.place(organisation, recording) / _UPLOAD

    def organisations(self) -> list[UUID]:
        """List those that have recordings."""
        return [UUID(path.name) for path in self.folder.glob("*-*-*-*-*")]

    def uploads(self, organisation: UUID) -> list[UUID]:
        """List the recordings whose upload nobody has looked at, or is not all there."""
        return [UUID(path.parent.name) for path in (self.folder / str(organisation)).glob(f"*/{_UPLOAD}")]

    def received(self, organisation: UUID, recording: UUID) -> int:
        """Return how many bytes of an upload are there."""
        try:
            return self.upload(organisation, recording).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, organisation: UUID, recording: UUID, offset: int, part: bytes) -> int:
        """Put the next part behind what is there, whole or not at all; return how many bytes are there then.

        Raises:
            Conflict: there are more or fewer bytes than `offset`.
            Unavailable: the disk is full or cannot be written.
        """
        path = self.upload(organisation, recording)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with path.open("ab", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                there = os.fstat(file.fileno()).st_size
                if there != offset:
                    raise Conflict("Send the part that begins behind what was received.", code="wrong_offset")
                _write(file.fileno(), there, part)
        except OSError:
            raise Unavailable("The recording cannot be kept now.", retry_after=60) from None
        return offset + len(part)

    def drop_upload(self, organisation: UUID, recording: UUID) -> None:
        """Remove what was uploaded."""
        self.upload(organisation, recording).unlink(missing_ok=True)

    def set_aside(self, organisation: UUID, recording: UUID) -> None:
        """Let a recording's files be removed once its row is gone for good; `settle` decides."""
        place = self.place(organisation, recording)
        if place.is_dir():
            place.rename(place.with_name(place.name + _REMOVED))

    def removed(self, organisation: UUID) -> Iterator[UUID]:
        """Yield the recordings that are set aside."""
        for path in (self.folder / str(organisation)).glob(f"*{_REMOVED}"):
            yield UUID(path.name.removesuffix(_REMOVED))

    def settle(self, organisation: UUID, recording: UUID, *, gone: bool) -> None:
        """Remove what is set aside for good, or put it back where its row is still there."""
        place = self.place(organisation, recording)
        aside = place.with_name(place.name + _REMOVED)
        if gone:
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(place)


def _write(descriptor: int, there: int, part: bytes) -> None:
    written = 0
    try:
        written = os.write(descriptor, part)
        os.fsync(descriptor)
    finally:
        if written != len(part):
            os.ftruncate(descriptor, there)
    if written != len(part):
        raise OSError("A part was written in part only.")
