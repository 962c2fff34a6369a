"""A load of requests on a server of this machine: connections that are kept, each asking again once it is answered."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser
from msgspec import Struct

# Loads are for servers of our own.
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MOST_CONNECTIONS = 256
Make = Callable[[], bytes]


class Tally(Struct, frozen=True, kw_only=True):
    """What was answered. `others`: by another status than 2xx, or not at all; `latencies` in seconds, of the 2xx only.

    `busy` is the share of the time in which this process computed: near 1, the load is what limits the figures.
    """

    good: int
    others: int
    seconds: float
    busy: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Requests a second that were answered by 2xx."""
        return self.good / self.seconds

    def ms(self, percent: int) -> float:
        """Return a percentile of the latencies in milliseconds; not a number when nothing was answered."""
        if len(self.latencies) < 2:
            return 1000 * self.latencies[0] if self.latencies else float("nan")
        return 1000 * statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


class _Run:
    """What the connections of one load share: `left` requests may still be sent before the time is over."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.over = False
        self.others = 0
        self.latencies: list[float] = []


class _Connection(asyncio.Protocol):
    """Sends a request, waits for the whole of its answer, and sends the next; one that is lost is not opened again."""

    def __init__(self, run: _Run, make: Make) -> None:
        self._run = run
        self._make = make
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._sent_at: float | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def send(self) -> None:
        """Send the next request, or hang up when there is none to send."""
        if self._run.over or not self._run.left:
            self._transport.close()
            return
        self._run.left -= 1
        request = self._make()
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._transport.abort()

    def on_message_complete(self) -> None:
        if self._sent_at is None:
            return
        status = self._parser.get_status_code()
        if status // 100 == 2:
            self._run.latencies.append(time.perf_counter() - self._sent_at)
        elif status // 100 > 2:
            self._run.others += 1
        else:
            # 100 and 103 announce an answer.
            return
        self._sent_at = None
        self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._sent_at is not None:
            self._run.others += 1
            self._sent_at = None
        self.done.set_result(None)

    def give_up(self) -> None:
        self._transport.abort()


async def load(
    url: str, makes: Sequence[Make], *, seconds: float, most: int = 1_000_000, patience: float = 10
) -> Tally:
    """Load a server over one connection for each of `makes`, which gives the bytes of the next whole request.

    Nothing is sent after `seconds` or `most` requests; what was sent by then is waited for, `patience` seconds at most.

    Raises:
        ValueError: the server is not on this machine, or there are more than 256 connections.
        OSError: the server cannot be reached.
    """
    where = urlsplit(url)
    if where.hostname not in LOOPBACK or len(makes) > MOST_CONNECTIONS:
        raise ValueError("A load is for a server of this machine, over 256 connections at most.")
    loop, run = asyncio.get_running_loop(), _Run(most)
    opened = [
        await loop.create_connection(lambda make=make: _Connection(run, make), where.hostname, where.port)
        for make in makes
    ]
    connections = [connection for _, connection in opened]
    start, computed = time.perf_counter(), time.process_time()
    for connection in connections:
        connection.send()
    waiting = {connection.done for connection in connections}
    _, waiting = await asyncio.wait(waiting, timeout=seconds)
    run.over = True
    if waiting:
        _, waiting = await asyncio.wait(waiting, timeout=patience)
    took, busy = time.perf_counter() - start, time.process_time() - computed
    for connection in connections:
        connection.give_up()
    await asyncio.gather(*(connection.done for connection in connections))
    return Tally(good=len(run.latencies), others=run.others, seconds=took, busy=busy / took, latencies=run.latencies)
