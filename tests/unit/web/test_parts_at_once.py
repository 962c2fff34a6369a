"""RFC 9110 14 and 13.1.5 for one file: what is answered at once from the shelf beside what the application answers."""

import asyncio
import re

import pytest
from support.served import listening
from support.web import FILE, an_app

SIZE = len(FILE)
GET = b"%b /file HTTP/1.1\r\nHost: a\r\n%b\r\n"
WHOLE, PART, UNCHANGED, BEHIND = 200, 206, 304, 416

# What is asked, and the answer's status with the part that is sent.
TABLE: list[tuple[str, int, slice]] = [
    ("", WHOLE, slice(None)),
    ("Range: bytes=0-0", PART, slice(0, 1)),
    ("Range: bytes=0-499", PART, slice(500)),
    ("Range: bytes=500-999", PART, slice(500, 1000)),
    ("Range: bytes=9500-", PART, slice(9500, None)),
    ("Range: bytes=-500", PART, slice(SIZE - 500, None)),
    (f"Range: bytes=-{SIZE}", PART, slice(None)),
    (f"Range: bytes=-{SIZE + 1}", PART, slice(None)),
    ("Range: bytes=-0", BEHIND, slice(0)),
    (f"Range: bytes={SIZE - 1}-", PART, slice(SIZE - 1, None)),
    (f"Range: bytes={SIZE}-", BEHIND, slice(0)),
    (f"Range: bytes=10-{SIZE * 3}", PART, slice(10, None)),
    ("Range: bytes=007-008", PART, slice(7, 9)),
    ("Range: bytes=9-3", WHOLE, slice(None)),
    ("Range: bytes=0-0,-1", WHOLE, slice(None)),
    ("Range: bytes=0-0\r\nRange: bytes=5-6", WHOLE, slice(None)),
    ("Range: bytes", WHOLE, slice(None)),
    ("Range: seconds=0-1", WHOLE, slice(None)),
    ("Range: none=", WHOLE, slice(None)),
    ('Range: bytes=5-6\r\nIf-Range: "abc"', PART, slice(5, 7)),
    ('Range: bytes=5-6\r\nIf-Range: "old"', WHOLE, slice(None)),
    ('Range: bytes=5-6\r\nIf-Range: W/"abc"', WHOLE, slice(None)),
    ('Range: bytes=5-6\r\nIf-Range: "abc", "old"', WHOLE, slice(None)),
    ("Range: bytes=5-6\r\nIf-Range: *", WHOLE, slice(None)),
    ("Range: bytes=5-6\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT", WHOLE, slice(None)),
    (f'Range: bytes={SIZE}-\r\nIf-Range: "old"', WHOLE, slice(None)),
    (f'Range: bytes={SIZE}-\r\nIf-Range: "abc"', BEHIND, slice(0)),
    ('If-Range: "abc"', WHOLE, slice(None)),
    ('Range: bytes=5-6\r\nIf-None-Match: "abc"', UNCHANGED, slice(0)),
    ('Range: bytes=5-6\r\nIf-None-Match: W/"abc"', UNCHANGED, slice(0)),
    ('Range: bytes=5-6\r\nIf-None-Match: "old"', PART, slice(5, 7)),
]


async def told(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send a request that ends its connection; return status, header fields and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head, _, body = (await asyncio.wait_for(reader.read(-1), 10)).partition(b"\r\n\r\n")
    writer.close()
    first, *lines = head.decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines if not re.match("x-request-id|date", line))
    return int(first.split()[1]), fields, body


async def both(method: str, asked: str) -> list[tuple[int, dict[str, str], bytes]]:
    """Ask a server that has never answered, and the same once the file stands on its shelf."""
    app = an_app()
    request = GET % (method.encode(), f"{asked}\r\nConnection: close\r\n".lstrip().encode())
    async with listening(app) as port:
        first = await told(port, request)
        await told(port, GET % (b"GET", b"Connection: close\r\n"))
        assert app.shelf.has({"path": "/file", "query_string": b""})  # type: ignore[typeddict-item]  # all it reads
        return [first, await told(port, request)]


@pytest.mark.parametrize("asked, status, part", TABLE)
async def test_each_way_to_ask_is_answered_by_the_table_at_first_and_ever_after(
    asked: str, status: int, part: slice
) -> None:
    first, later = await both("GET", asked)
    assert (first[:2] if status == BEHIND else first) == (later[:2] if status == BEHIND else later)
    assert later[0] == status
    if status in {WHOLE, PART}:
        assert later[2] == FILE[part]
        assert later[1]["content-length"] == str(len(FILE[part]))
    start, stop, _ = part.indices(SIZE)
    told_range = {PART: f"bytes {start}-{stop - 1}/{SIZE}", BEHIND: f"bytes */{SIZE}"}.get(status)
    assert later[1].get("content-range") == told_range
    assert (later[1].get("accept-ranges") == "bytes") is (status != BEHIND)


@pytest.mark.parametrize("asked, status, part", TABLE)
async def test_to_head_a_range_means_nothing(asked: str, status: int, part: slice) -> None:
    assert part is not None
    first, later = await both("HEAD", asked)
    assert first == later
    assert later[::2] == (UNCHANGED if status == UNCHANGED else WHOLE, b"")
    assert "content-range" not in later[1]
    assert later[1].get("content-length") == (None if status == UNCHANGED else str(SIZE))
