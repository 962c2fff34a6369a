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


class Killable:
    """`python -m server serve`, or another module, on one port: killed without a warning and started again."""

    def __init__(self, folder: Path, *command: str, **environ: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", *(command or ("server", "serve"))]
        self._environ = _environ({**environ, "GROUNDWORK_PORT": str(port), "PYTHONPATH": str(ROOT / "tests")})
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start, and return after how many seconds it was ready."""
        began = time.monotonic()
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(self._command, env=self._environ, cwd=ROOT, stdout=out, stderr=out)  # noqa: S603 - our own command
        _wait(f"{self.url}/readyz", self._process)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a kernel that is out of memory does."""
        if self._process:
            self._process.kill()
            self._process.wait(20)


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
    deadline = time.monotonic() + 60
    # One client for all tries: to make one takes longer than to ask.
    with httpx.Client() as http:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if http.get(url).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
    raise RuntimeError("The server did not become ready.")
