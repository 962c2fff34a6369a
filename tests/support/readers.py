"""Many who read parts of one file at the same time, and each of whom stops in the middle to wait for all others."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

_PART = 2 * 1024 * 1024
_FIRST = 16 * 1024


class Growth(Struct, frozen=True, kw_only=True):
    """Bytes that a server had in memory: with all readers connected, and while all are in the middle of their parts."""

    before: int
    during: int
    wrong: int


async def read_in_parallel(address: str, path: str, content: bytes, readers: int) -> Growth:
    """Let each reader connect and ask for one byte, then all for a part of 2 MiB each; compare what they got."""
    where = urlsplit(address)
    starts = [(len(content) - _PART) * each // readers for each in range(readers)]
    lines = [await asyncio.open_connection(where.hostname, where.port, limit=_FIRST) for _ in starts]
    for reader, writer in lines:
        await _asked(reader, writer, path, 0, 1)
        await reader.readexactly(1)
    before = await memory(address)
    for (reader, writer), start in zip(lines, starts, strict=True):
        await _asked(reader, writer, path, start, _PART)
    firsts = [await reader.readexactly(_FIRST) for reader, _ in lines]
    during = await memory(address)
    wrong = 0
    for (reader, writer), start, first in zip(lines, starts, firsts, strict=True):
        wrong += first + await reader.readexactly(_PART - _FIRST) != content[start : start + _PART]
        writer.close()
    return Growth(before=before, during=during, wrong=wrong)


async def _asked(reader: StreamReader, writer: StreamWriter, path: str, start: int, length: int) -> None:
    last = start + length - 1
    writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nRange: bytes={start}-{last}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 206 " not in head or f"content-length: {length}\r\n".encode() not in head:
        raise RuntimeError("A reader was not answered a part.")


async def memory(address: str) -> int:
    """Return the bytes that a server of ours has in memory, as its metrics tell."""
    async with httpx.AsyncClient() as http:
        told = (await http.get(f"{address}/metrics")).raise_for_status().text
    found = re.search(r"^process_resident_memory_bytes (\S+)$", told, re.MULTILINE)
    if found is None:
        raise RuntimeError("The server does not tell its memory.")
    return int(float(found[1]))
