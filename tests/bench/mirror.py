"""A bare ASGI callable that answers bytes it was given, one file for each path: the ceiling of a Python process."""

import os
import time
from pathlib import Path
from typing import Any

_FILES = dict(pair.split("=", 1) for pair in os.environ.get("BENCH_FILES", "").split(";") if pair)
_ANSWERS = {path: Path(file).read_bytes() for path, file in _FILES.items()}
_HEADERS = {
    path: [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    for path, body in _ANSWERS.items()
}


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Answer the bytes of a path, or at `/cpu` for how many seconds this process has computed."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/cpu":
        body = str(time.process_time()).encode()
        headers = [(b"content-length", str(len(body)).encode())]
    else:
        body, headers = _ANSWERS[path], _HEADERS[path]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
