"""The server as an operator runs it: a process of its own on a free loopback port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

ROOT = Path(__file__).parents[2]


def groundwork(*arguments: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with no settings but those given; `given` is what it reads from standard input."""
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.run(  # noqa: S603 - our own command
        command, env=_environ(environ), cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def serving(*arguments: str, out: BinaryIO | int = subprocess.DEVNULL, **environ: str) -> Iterator[str]:
    """Run `groundwork serve` (or what is given) until it is ready; yield its address. What it says goes to `out`."""
    port = free_port()
    command = [sys.executable, "-m", "server", *(arguments or ("serve", "--migrate"))]
    with listening(command, port, "/readyz", out=out, **{**environ, "GROUNDWORK_PORT": str(port)}) as address:
        yield address


@contextmanager
def listening(
    command: list[str], port: int, ready: str, *, out: BinaryIO | int = subprocess.DEVNULL, **environ: str
) -> Iterator[str]:
    """Run a command that listens on a port until it answers the path `ready` by 2xx; yield its address."""
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=_environ(environ), cwd=ROOT, stdout=out, stderr=out
    ) as process:
        try:
            _wait(f"http://127.0.0.1:{port}{ready}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environ(given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GROUNDWORK_", "DATABASE_"))}
    kept.pop("PORT", None)
    return {**kept, **given}


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("The server did not become ready.")
