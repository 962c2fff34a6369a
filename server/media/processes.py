"""Worker processes: started when first needed, and never alive without their parent."""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from server.media.worker import begin

P = ParamSpec("P")
T = TypeVar("T")


class WorkerDiedError(Exception):
    """A worker process ended in the middle of its work."""


class Workers:
    """Calls functions in other processes, `processes` at most; after a death the next call starts a new one."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a worker; function, arguments and result are pickled.

        Raises:
            WorkerDiedError: the process ended before it answered.
        """
        pool = self._pool or self._start()
        try:
            # Submitting starts the process, which takes long enough to be kept off the event loop.
            submitted = await asyncio.to_thread(pool.submit, function, *args, **kwargs)
            return await asyncio.wrap_future(submitted)
        except BrokenProcessPool:
            if pool is self._pool:
                await self.stop()
            raise WorkerDiedError from None

    async def stop(self) -> None:
        """End the workers at once; what they were doing is left undone."""
        pool, lifeline = self._pool, self._lifeline
        self._pool = self._lifeline = None
        if pool is not None and lifeline is not None:
            lifeline.close()
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        # "spawn", because a fork of a process with threads and an event loop may hang.
        context = multiprocessing.get_context("spawn")
        theirs, self._lifeline = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(self.processes, mp_context=context, initializer=begin, initargs=(theirs,))
        return self._pool
