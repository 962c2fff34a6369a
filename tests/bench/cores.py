"""Who runs on which core, so that the load and the database take nothing from the server that is measured."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

# macOS has no such call, and a machine with one core nothing to share out: then nobody is pinned.
_ALLOWED = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
PINNED = len(_ALLOWED) > 1


@contextmanager
def on_core(of: Literal["server", "rest"]) -> Iterator[None]:
    """Run this thread, and the processes that it starts meanwhile, on the core of the server or on another."""
    if not PINNED:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {_ALLOWED[0] if of == "server" else _ALLOWED[1]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
