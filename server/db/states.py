"""Which state of the database was served: a backup that is older must not be served unnoticed (`sync.md`, Epoch)."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import BigInteger, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Row

OLDER: Final = (
    "This database is older than the one that was served: a backup was restored. Run `groundwork new-epoch`, then start"
    " again: phones pull anew and deliver again what it lacks. docs/operations.md tells more under Backups."
)


class StateError(Exception):
    """This database must not be served, or nobody can tell; the message is a sentence for the operator."""


class DatabaseStateRow(Row):
    """One row: a number that grows at each start and while there are writes. It is copied with the database."""

    __tablename__ = "database_states"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger())


class Marker:
    """The file at `path`, outside the database and its backups: the highest number that was served."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int:
        """Return the number; 0 when there is no file.

        Raises:
            StateError: there is something else.
        """
        try:
            return int(self._path.read_bytes())
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise StateError("The file of GROUNDWORK_SERVED_STATE cannot be read, or is none of ours.") from error

    def move(self, number: int) -> None:
        """Let the file say at least this number, on disk when this returns; several processes may.

        Raises:
            StateError: it cannot be written, and is as it was before.
        """
        try:
            with _held(self._path.parent) as folder:
                if number > self.read():
                    self._replace(number)
                    os.fsync(folder)
        except OSError as error:
            raise StateError("The file of GROUNDWORK_SERVED_STATE cannot be written. Make room for it.") from error

    def _replace(self, number: int) -> None:
        # Never half a number: whoever cannot read it does not serve.
        new = self._path.with_name(f"{self._path.name}.new")
        with new.open("w") as file:
            file.write(f"{number}\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


@contextmanager
def _held(folder: Path) -> Iterator[int]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened
    finally:
        os.close(opened)


async def require_newest(engine: AsyncEngine, marker: Marker) -> None:
    """Make sure that this database is not older than what was served.

    Raises:
        StateError: it is, or the marker cannot be read.
    """
    served = await asyncio.to_thread(marker.read)
    async with engine.connect() as connection:
        if await _number(connection) < served:
            raise StateError(OLDER)


async def advance(engine: AsyncEngine, marker: Marker) -> None:
    """Begin another state, first in the database: a crash in between leaves one that is newer than the marker.

    Raises:
        StateError: this database is older than what was served, or the marker cannot be read or written.
    """
    served = await asyncio.to_thread(marker.read)
    grown = (
        update(DatabaseStateRow)
        .where(DatabaseStateRow.number >= served)
        .values(number=DatabaseStateRow.number + 1)
        .returning(DatabaseStateRow.number)
    )
    async with engine.execution_options(writes=True).begin() as connection:
        number = await connection.scalar(grown)
    if number is None:
        raise StateError(OLDER)
    await asyncio.to_thread(marker.move, number)


async def overtake(session: AsyncSession, marker: Marker) -> int:
    """Begin a state in this transaction that is newer than whatever was served, and return its number."""
    served = await asyncio.to_thread(marker.read)
    number = 1 + max(served, await _number(session))
    await session.execute(update(DatabaseStateRow).values(number=number))
    return number


async def _number(asked: AsyncConnection | AsyncSession) -> int:
    return await asked.scalar(select(DatabaseStateRow.number)) or 0
