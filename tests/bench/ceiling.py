from typing import Any


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Answer bytes made beforehand: the ceiling of a Python process."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})
