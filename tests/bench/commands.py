"""What commands cost, each as a process."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from bench.rows import Row
from support.server import ROOT, serving

HEARD_S = 118 + 240 + 347


def start() -> Iterator[Row]:
    """Start a server on an empty folder until it is ready."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, serving(GROUNDWORK_DATA=folder):
            took.append(time.perf_counter() - begun)
    measured = f"{min(took):.2f} to {max(took):.2f} s"
    yield Row(what="start to ready, migrating", measured=measured, beside="5 starts")


def audio() -> Iterator[Row]:
    """Render every cut of one exercise."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "server", "render", "here-in-this-room"]
        environ = {"GROUNDWORK_DATA": folder, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
        begun = time.perf_counter()
        subprocess.run(command, check=True, env=environ, cwd=ROOT, capture_output=True)  # noqa: S603 - our own command
        took = time.perf_counter() - begun
    beside = f"{HEARD_S / took:.0f} x real time"
    yield Row(what="here-in-this-room, all lengths, 3 codecs", measured=f"{took:.1f} s", beside=beside)
