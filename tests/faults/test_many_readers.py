"""Many phones read parts of one file at once, and all of them slowly: the served process does not grow by it."""

import asyncio
import hashlib
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from bench.ours import unspoken
from bench.recording import keep
from hypothesis import settings
from support.readers import read_in_parallel
from support.server import serving

LONG = settings.get_current_profile_name() == "chaos"
READERS = 1000 if LONG else 50
CONTENT = hashlib.shake_256(b"sound").digest(8 * 1024 * 1024)
# A reader's task and request; its part would take a hundred times as much.
GROWTH_BYTES = 64 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve with fewer open files than the readers need, as many systems do by default; yield address and path."""
    folder = tmp_path_factory.mktemp("readers")
    path = keep(folder, CONTENT)
    environ = {"GROUNDWORK_DATA": str(folder), "GROUNDWORK_CONTENT": unspoken(folder)}
    with ExitStack() as stack:
        with few_files():
            address = stack.enter_context(serving(**environ))
        yield address, path


@contextmanager
def few_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (96, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_many_who_read_at_once_get_their_parts_and_take_next_to_no_memory(served: tuple[str, str]) -> None:
    growth = asyncio.run(read_in_parallel(*served, CONTENT, READERS))
    assert (growth.wrong, growth.busy) == (0, READERS)
    assert growth.during - growth.before < READERS * GROWTH_BYTES
