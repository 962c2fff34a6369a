"""What commands cost, each as a process."""

import tempfile
import time
from collections.abc import Iterator

from bench.rows import Row
from support.server import serving


def start() -> Iterator[Row]:
    """Start a server on an empty folder until it is ready."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, serving(GROUNDWORK_DATA=folder):
            took.append(time.perf_counter() - begun)
    measured = f"{min(took):.2f} to {max(took):.2f} s"
    yield Row(what="start to ready, migrating", measured=measured, beside="5 starts")
