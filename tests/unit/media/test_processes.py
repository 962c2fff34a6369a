import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.media import until

from server.media.processes import WorkerDiedError, Workers

ORPHAN = """
import asyncio, os, sys, time
from server.media.processes import Workers

async def main():
    workers = Workers(1)
    print(await workers.call(os.getpid), flush=True)
    await workers.call(time.sleep, 60)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_a_call_is_answered_by_another_process_that_gives_way_to_this_one() -> None:
    workers = Workers(1)
    try:
        assert await workers.call(os.getpid) != os.getpid()
        assert await workers.call(os.nice, 0) >= os.nice(0) + 10
    finally:
        await workers.stop()


async def test_an_error_of_the_function_comes_back_and_the_worker_lives_on() -> None:
    workers = Workers(1)
    try:
        first = await workers.call(os.getpid)
        with pytest.raises(FileNotFoundError):
            await workers.call(os.stat, "/no/such/file")
        assert await workers.call(os.getpid) == first
    finally:
        await workers.stop()


async def test_a_death_is_told_and_the_next_call_has_a_new_worker() -> None:
    workers = Workers(1)
    try:
        first = await workers.call(os.getpid)
        with pytest.raises(WorkerDiedError):
            await workers.call(os._exit, 3)
        assert await workers.call(os.getpid) not in {first, os.getpid()}
    finally:
        await workers.stop()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
async def test_a_worker_ends_with_its_parent_however_that_ends(tmp_path: Path, ending: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ORPHAN)
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220, S603
    assert parent.stdout is not None
    with parent.stdout:
        worker = int(parent.stdout.readline())
        assert alive(worker), "control: the worker lives while its parent does"
        parent.send_signal(ending)
        parent.wait(5)
    await until(lambda: not alive(worker), 5)


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
