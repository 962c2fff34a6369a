"""Many who read parts of one file at the same time, and each of whom stops in the middle to wait for all others."""

import asyncio
import re
import socket
from asyncio import StreamReader, StreamWriter
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

MEMORY, BUSY = "process_resident_memory_bytes", "http_requests_in_flight"
# More than the system keeps for a socket (4 MiB by default on Linux).
_PART = 6 * 1024 * 1024
_FIRST = 16 * 1024


class Growth(Struct, frozen=True, kw_only=True):
    """Bytes that a server had in memory: with all readers connected, and while all are in the middle of their parts.

    `busy` answers were being sent then; `wrong` readers ended with other bytes than the file's.
    """

    before: int
    during: int
    busy: int
    wrong: int


async def read_in_parallel(address: str, path: str, content: bytes, readers: int) -> Growth:
    """Let each reader connect and ask for one byte, then all for a part of 6 MiB each; compare what they got."""
    where = urlsplit(address)
    starts = [(len(content) - _PART) * each // readers for each in range(readers)]
    lines = [await _connected(str(where.hostname), int(where.port or 80)) for _ in starts]
    # All at once: the server hangs up on who is idle for five seconds.
    await asyncio.gather(*(_read_one_byte(*line, path) for line in lines))
    before = await _told(address, MEMORY)
    await asyncio.gather(*(_asked(*line, path, start, _PART) for line, start in zip(lines, starts, strict=True)))
    firsts = [await reader.readexactly(_FIRST) for reader, _ in lines]
    during, busy = await _told(address, MEMORY), await _told(address, BUSY) - 1
    wrong = 0
    for (reader, writer), start, first in zip(lines, starts, firsts, strict=True):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PART)
        wrong += first + await reader.readexactly(_PART - _FIRST) != content[start : start + _PART]
        writer.close()
    return Growth(before=before, during=during, busy=busy, wrong=wrong)


async def _read_one_byte(reader: StreamReader, writer: StreamWriter, path: str) -> None:
    await _asked(reader, writer, path, 0, 1)
    await reader.readexactly(1)


async def _asked(reader: StreamReader, writer: StreamWriter, path: str, start: int, length: int) -> None:
    last = start + length - 1
    writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nRange: bytes={start}-{last}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 206 " not in head or f"content-length: {length}\r\n".encode() not in head:
        raise RuntimeError("A reader was not answered a part.")


async def _connected(host: str, port: int) -> tuple[StreamReader, StreamWriter]:
    line = socket.socket()
    # So that the system does not take the whole part before anybody reads it.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _FIRST)
    line.setblocking(False)  # noqa: FBT003 - as the standard library has it
    await asyncio.get_running_loop().sock_connect(line, (host, port))
    return await asyncio.open_connection(sock=line, limit=_FIRST)


async def _told(address: str, name: str) -> int:
    """Return what a server of ours tells by one of its metrics."""
    async with httpx.AsyncClient() as http:
        told = (await http.get(f"{address}/metrics")).raise_for_status().text
    found = re.search(rf"^{name} (\S+)$", told, re.MULTILINE)
    if found is None:
        raise RuntimeError("The server does not tell it.")
    return int(float(found[1]))
