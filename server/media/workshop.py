"""Private folders to render in: one process at a time has the one of a recipe, and what a dead one left is removed."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STAGED_FOR_S = 3600


@contextmanager
def claim(workshop: Path, recipe: str) -> Iterator[Path | None]:
    """Give the empty folder of a recipe, or None while another process has it; nothing is left afterwards.

    The kernel lets go of the lock when its process ends, however that happens.
    """
    workshop.mkdir(parents=True, exist_ok=True)
    lock = workshop / f"{recipe}.lock"
    descriptor = _lock(lock)
    if descriptor is None:
        yield None
        return
    folder = workshop / recipe
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what processes that died have left: rooms nobody has a lock on, and objects staged an hour ago."""
    workshop = workshop_of(folder)
    for room in [path for path in workshop.glob("*") if path.is_dir()]:
        with claim(workshop, room.name):
            pass
    for staged in [*folder.glob("files/??/*#*"), *folder.glob("recipes/*#*")]:
        if time.time() - staged.stat().st_mtime > _STAGED_FOR_S:
            staged.unlink(missing_ok=True)


def _lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    # Another process has the lock, or removed the file between our opening and our locking it.
    os.close(descriptor)
    return None


def workshop_of(folder: Path) -> Path:
    """Return where a store's files are made before they are put into it."""
    return folder / ".work"
