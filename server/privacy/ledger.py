"""The erasure ledger: a file outside the database and its backups, so that a restore cannot bring anybody back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct


class Erased(Struct, frozen=True, kw_only=True):
    """Somebody who is to be erased wherever they turn up: ids and an instant, nothing else."""

    organisation_id: UUID
    client_id: UUID
    at: datetime


class LedgerError(Exception):
    """The erasure ledger cannot be read; the message is a sentence for the operator."""


class Ledger:
    """The file at `path`, one line for everybody who was ever erased; it is made with the first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, erased: Erased) -> None:
        """Append a line, on disk when this returns; several processes may.

        Raises:
            OSError: it cannot be written, and is as it was before.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            # A power cut may have left half a line: what follows must not join it.
            begun = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            try:
                _append(file, (b"\n" if begun else b"") + msgspec.json.encode(erased) + b"\n")
                os.fsync(file)
                _sync_folder(self._path.parent)
            except OSError:
                # Who is told that nothing was erased must not be erased at the next start.
                with suppress(OSError):
                    os.ftruncate(file, size)
                raise
        finally:
            os.close(file)

    def read(self) -> Iterator[Erased]:
        """Yield everybody in it.

        Raises:
            LedgerError: it cannot be opened, or a line is none of ours. Half a line that a crash has left is passed
                over: whoever it would have named was not erased.
        """
        try:
            lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        except OSError as error:
            raise LedgerError("The erasure ledger cannot be read. Make its file readable for the server.") from error
        for number, line in enumerate(lines, start=1):
            try:
                if line:
                    yield msgspec.json.decode(line, type=Erased)
            except msgspec.ValidationError:
                raise _unreadable(number) from None
            except (msgspec.DecodeError, UnicodeDecodeError):
                if not line.startswith(b"{") or line.endswith(b"}"):
                    raise _unreadable(number) from None


def _append(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]


def _sync_folder(folder: Path) -> None:
    # Without it a power cut may lose a file that has just been made, name and all.
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unreadable(number: int) -> LedgerError:
    return LedgerError(f"Line {number} of the erasure ledger is none of ours. Put the file right from its copy.")
