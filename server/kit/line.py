"""A line of those who would wait for each other anyhow: whoever's turn it is does the work of all who wait by then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Line(Generic[T, R]):
    """`turn` lets one at a time; at most `most` of weight is taken together."""

    def __init__(self, most: int) -> None:
        self.turn = asyncio.Lock()
        self._most = most
        self._waiting: list[tuple[T, int, asyncio.Future[R]]] = []

    async def together(self, thing: T, weight: int, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> R:
        """Return what `work` makes of a thing, alone or with others that wait; what fails, fails for all of them."""
        own: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, weight, own))
        try:
            async with self.turn:
                if not own.done():
                    await self._work(work)
            return await own
        finally:
            own.cancel()

    async def _work(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        taken = self._taken()
        try:
            results = await work([thing for thing, _, _ in taken])
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            for _, _, future in taken:
                if not future.done():
                    future.set_exception(error)
        except BaseException:
            # Who did the work goes away; the others are still there, and one of them is next.
            self._waiting[:0] = taken
            raise
        else:
            for (_, _, future), result in zip(taken, results, strict=True):
                if not future.done():
                    future.set_result(result)

    def _taken(self) -> list[tuple[T, int, asyncio.Future[R]]]:
        """Take those who still wait, from the first on, as far as they fit together; one of them always does."""
        waiting = [each for each in self._waiting if not each[2].done()]
        total = fitting = 0
        for _, weight, _ in waiting:
            total += weight
            if fitting and total > self._most:
                break
            fitting += 1
        self._waiting = waiting[fitting:]
        return waiting[:fitting]
