"""A bare ASGI callable that answers slices of a file in memory by `mmap`: the ceiling of a Python process.

It knows nothing of files that become shorter, which would end it.
"""

import mmap
import os
import time
from pathlib import Path
from typing import Any

with Path(os.environ["BENCH_FILE"]).open("rb") as _file:
    _MAPPED = memoryview(mmap.mmap(_file.fileno(), 0, access=mmap.ACCESS_READ))
_SLICE = 1024 * 1024


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Answer the file or one range of it, or at `/cpu` for how many seconds this process has computed."""
    if scope["type"] != "http":
        return
    status, body = 200, _MAPPED
    if scope["path"] == "/cpu":
        body = memoryview(str(time.process_time()).encode())
    for name, value in scope["headers"]:
        if name == b"range":
            first, _, last = value.removeprefix(b"bytes=").partition(b"-")
            status, body = 206, _MAPPED[int(first) : int(last) + 1]
    headers = [(b"content-type", b"audio/mp4"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for start in range(0, len(body), _SLICE):
        more = start + _SLICE < len(body)
        await send({"type": "http.response.body", "body": body[start : start + _SLICE], "more_body": more})
