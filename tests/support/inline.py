"""SQLite without the thread that `aiosqlite` gives each connection: for tests that do one thing after the other.

Handing a statement to a thread and back costs more than the statement, once for each. What runs at the same time
needs the threads: here a connection that waits for another's lock would stop both.
"""

from asyncio import Future
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import aiosqlite.core


class _Queue:
    """Does at once what it is given."""

    def put_nowait(self, item: tuple[Future[Any] | None, Callable[[], Any]]) -> None:
        future, work = item
        try:
            result = work()
        except Exception as failed:  # noqa: BLE001 - whatever it is, it is told to who asked
            if future:
                future.set_exception(failed)
        else:
            if future:
                future.set_result(result)


class _NoThread:
    def __init__(self, **_: object) -> None:
        """Take what a thread is made of."""

    def start(self) -> None:
        """Do nothing."""


def inline() -> AbstractContextManager[Any]:
    """Let every connection that is made from now on work where it is asked."""
    return patch.multiple(aiosqlite.core, SimpleQueue=_Queue, Thread=_NoThread)
