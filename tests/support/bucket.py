"""A bucket on this machine: a server of S3's protocol that checks signatures, in a process of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from obstore import sign
from obstore.store import S3Store
from support.server import free_port, listening

ACCESS, SECRET, REGION = "bucket-key", "bucket-secret-of-the-tests", "us-east-1"
URL = "s3://sound/clinic"


@contextmanager
def serving_bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the bucket `sound`, whose objects are files in `folder/sound`; yield the AWS_ variables for it."""
    (folder / "sound").mkdir(parents=True)
    (folder / "sound" / "ready").write_bytes(b"yes")
    port = free_port()
    command = [sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "error"]
    environ = {
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
    }
    with listening(command, port, _ready(environ), NANIO_ACCESS_KEY=ACCESS, NANIO_SECRET_KEY=SECRET):
        yield environ


def _ready(environ: dict[str, str]) -> str:
    # It answers nobody without a signature.
    store = S3Store("sound", config={name.lower(): value for name, value in environ.items()})
    return sign(store, "GET", "ready", timedelta(minutes=5)).removeprefix(environ["AWS_ENDPOINT_URL"])
