"""What a long history costs: a client with ten years of daily practice beside one with a month."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from bench.databases import durable_postgres, ours_on_postgres, ours_on_sqlite
from bench.load import Make
from bench.ours import Ours
from bench.peers import days_ago, loaded
from bench.rows import Row, at_most

MONTH, DECADE = 30, 3650
ROUNDS = 12
REQUESTS = 5
TARGET = 1.3


def history() -> Iterator[Row]:
    """Measure a clinic on SQLite, then one on durable PostgreSQL."""
    with ours_on_sqlite() as ours:
        yield from _rows("SQLite", ours)
    with ExitStack() as stack:
        server = stack.enter_context(durable_postgres())
        yield from _rows("PostgreSQL", stack.enter_context(ours_on_postgres(server)))


def _rows(database: str, ours: Ours) -> Iterator[Row]:
    # Without a plan, all ten years count: an assignment cannot begin that long ago. What is pushed makes a history
    # longer, and a month soon twice as long, so each round has a month of its own.
    months = [ours.freely(days_ago(range(MONTH))) for _ in range(ROUNDS)]
    decade = ours.freely(days_ago(range(DECADE)))
    outbox = days_ago(range(20))
    for what, ask in (("streak read", ours.reading), ("push of 20", lambda token: ours.pushing(token, outbox))):
        short, long = _medians(ours.address, ask, months, decade)
        yield Row(
            what=f"{what}, 10 years, {database}",
            measured=f"p50 {long:.1f} ms",
            beside=f"1 month: p50 {short:.1f} ms",
            **at_most(long / short, TARGET),
        )


def _medians(address: str, ask: Callable[[str], Make], months: list[str], decade: str) -> tuple[float, float]:
    """Ask in turn with the short and the long history; return the median milliseconds of each."""
    short: list[float] = []
    long: list[float] = []
    for month in months:
        for token, latencies in ((month, short), (decade, long)):
            tally = loaded(address, [ask(token)], seconds=120, most=REQUESTS)
            if tally.others:
                raise RuntimeError(f"{tally.others} of {REQUESTS} requests were not answered by 2xx.")
            latencies.extend(tally.latencies)
    return 1000 * statistics.median(short), 1000 * statistics.median(long)
