"""Whoever's turn it is does the work of all who wait by then, and nobody is left waiting."""

import asyncio
from collections.abc import Sequence

import pytest

from server.kit.line import Line


class Work:
    """Doubles numbers; the first time it waits to be let go on."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.go_on = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.taken.append(list(numbers))
        if len(self.taken) == 1:
            await self.go_on.wait()
        if 13 in numbers:
            raise ZeroDivisionError
        return [2 * number for number in numbers]


async def started(line: Line[int, int], work: Work, *numbers: int, weight: int = 1) -> list[asyncio.Task[int]]:
    tasks = [asyncio.ensure_future(line.together(number, weight, work)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_those_who_come_meanwhile_are_done_at_once_and_each_gets_its_own() -> None:
    line, work = Line[int, int](10), Work()
    tasks = await started(line, work, 1, 2, 3, 4)
    work.go_on.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert work.taken == [[1], [2, 3, 4]]


async def test_no_more_is_taken_together_than_fits_and_one_always_is() -> None:
    line, work = Line[int, int](10), Work()
    tasks = [*await started(line, work, 1, 2, 3, weight=5), *await started(line, work, 4, weight=99)]
    work.go_on.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert work.taken == [[1], [2, 3], [4]]


async def test_what_fails_fails_for_those_it_was_taken_with_and_for_nobody_else() -> None:
    line, work = Line[int, int](2), Work()
    tasks = await started(line, work, 1, 12, 13, 4)
    work.go_on.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert (told[0], told[3]) == (2, 8)
    assert [type(each) for each in told[1:3]] == [ZeroDivisionError] * 2


@pytest.mark.parametrize("gone", [0, 1])
async def test_who_goes_away_keeps_nobody_waiting(gone: int) -> None:
    line, work = Line[int, int](10), Work()
    tasks = await started(line, work, 1, 2, 3)
    tasks[gone].cancel()
    await asyncio.sleep(0)
    work.go_on.set()
    told = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert isinstance(told.pop(gone), asyncio.CancelledError)
    assert told == [2 * number for place, number in enumerate((1, 2, 3)) if place != gone]
