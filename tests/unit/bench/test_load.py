"""The load of `make bench` counts what a server really answered: an instrument that flatters measures nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httptools
import pytest
from bench.load import Tally, load

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
EARLY = b"HTTP/1.1 100 Continue\r\n\r\n"
HANG_UP, SILENCE = b"hang up", b"silence"


class Tiny:
    """Answers the n-th request by `script(n)` and counts what it said."""

    def __init__(self, script: Callable[[int], tuple[bytes, ...]]) -> None:
        self.script = script
        self.asked = 0
        self.said: Counter[bytes] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = httptools.HttpRequestParser(self)
        while data := await reader.read(65536):
            before = self.asked
            parser.feed_data(data)
            for number in range(before, self.asked):
                for part in self.script(number):
                    self.said[part] += 1
                    if part == HANG_UP:
                        writer.close()
                        return
                    writer.write(part if part != SILENCE else b"")
                    await writer.drain()
        writer.close()

    def on_message_complete(self) -> None:
        self.asked += 1


@asynccontextmanager
async def tiny(*script: tuple[bytes, ...]) -> AsyncIterator[tuple[Tiny, str]]:
    """Serve the parts of each answer of the script, over and over."""
    server = Tiny(lambda number: script[number % len(script)])
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listening:
        yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def loaded(url: str, connections: int = 4, **bounds: float) -> Tally:
    return await load(url, [lambda: GET] * connections, **{"seconds": 1, "most": 300, **bounds})


async def test_every_answer_is_counted_by_what_it_was() -> None:
    async with tiny((WHOLE,), (CHUNKED,), (REFUSED,), (WHOLE,), (BUSY,)) as (server, url):
        tally = await loaded(url)
    assert server.asked == 300
    assert (tally.good, tally.others) == (180, 120)
    assert tally.good == server.said[WHOLE] + server.said[CHUNKED]
    assert tally.others == server.said[REFUSED] + server.said[BUSY]
    assert len(tally.latencies) == tally.good


async def test_an_answer_in_pieces_is_one_and_an_announcement_is_none() -> None:
    async with tiny((EARLY, WHOLE[:20], WHOLE[20:-1], WHOLE[-1:])) as (server, url):
        tally = await loaded(url)
    assert (server.asked, tally.good, tally.others) == (300, 300, 0)


async def test_connections_that_are_lost_are_counted_and_the_others_go_on() -> None:
    async with tiny(*[(WHOLE,)] * 9, (HANG_UP,)) as (server, url):
        tally = await loaded(url, connections=5)
    assert server.said[HANG_UP] == tally.others == 5
    assert tally.good == server.said[WHOLE] == 45


async def test_half_an_answer_and_no_http_at_all_are_not_good() -> None:
    async with tiny((WHOLE[:-1], HANG_UP)) as (_, url):
        assert (await loaded(url)).others == 4
    async with tiny((b"hello\r\n\r\n",)) as (_, url):
        tally = await loaded(url)
    assert (tally.good, tally.others) == (0, 4)


async def test_who_never_answers_is_counted_and_not_waited_for_longer_than_told() -> None:
    start = time.perf_counter()
    async with tiny((SILENCE,)) as (server, url):
        tally = await loaded(url, seconds=0.1, patience=0.1)
    assert (server.asked, tally.good, tally.others) == (4, 0, 4)
    assert time.perf_counter() - start < 20


async def test_a_load_ends_with_its_time_and_its_rate_is_of_the_time_it_took() -> None:
    async with tiny((WHOLE,)) as (server, url):
        tally = await loaded(url, seconds=0.2, most=10_000_000)
    assert tally.good == server.asked
    assert 0.2 <= tally.seconds < 20
    assert tally.rate == tally.good / tally.seconds
    assert 0 < tally.ms(50) <= tally.ms(99)
    assert 0 < tally.busy <= 1.1


async def test_latencies_are_as_long_as_the_server_took() -> None:
    def slowly(_number: int) -> tuple[bytes, ...]:
        time.sleep(0.005)
        return (WHOLE,)

    async with tiny((WHOLE,)) as (server, url):
        server.script = slowly
        tally = await loaded(url, connections=1, most=20)
    assert tally.good == 20
    assert 5 <= tally.ms(50) < 1000


async def test_no_load_leaves_the_machine() -> None:
    for url, connections in (("http://192.0.2.1:80", 1), ("http://127.0.0.1:1", 257)):
        with pytest.raises(ValueError, match="of this machine"):
            await loaded(url, connections)
    with pytest.raises(OSError, match="Connect"):
        await loaded("http://127.0.0.1:1")
