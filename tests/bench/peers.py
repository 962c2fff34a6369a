"""Groundwork beside a conventional peer on the same durable PostgreSQL: one core for the server, one for all else."""

import random
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import uvloop
from bench.cores import on_core
from bench.databases import CLINIC, PEER, completions_in, durable_postgres, ours_on_postgres, theirs_on_postgres
from bench.load import Make, Tally, load
from bench.rows import Row, at_least
from bench.theirs import under_uvicorn
from bench.wire import Side, asking
from msgspec import Struct

CLIENTS = 16
ROUNDS = 3
SECONDS = 2.5
# No request takes as long.
STANDSTILL_S = 8
TRIES = 5
READ, ONE, TWENTY = "streak read", "push of 1", "push of 20"
SIZES = {READ: 0, ONE: 1, TWENTY: 20}


class Candidate(Struct, frozen=True, kw_only=True):
    """A server and, for each case, what its clients ask; those who push are not those whose streak is read."""

    name: str
    database: str
    address: str
    asks: dict[str, list[Make]]
    tallies: dict[str, list[Tally]]

    def rates(self, case: str) -> list[float]:
        """Return reads, or completions, a second, round by round."""
        return [each.rate * max(1, SIZES[case]) for each in self.tallies[case]]

    def told(self, case: str) -> str:
        """Return the rate, and within how long half and nearly all requests were answered."""
        half, most = (statistics.median(each.ms(percent) for each in self.tallies[case]) for percent in (50, 99))
        refused = sum(each.others for each in self.tallies[case])
        rate = statistics.median(self.rates(case))
        return f"{rate:,.0f}, p50 {half:.0f} p99 {most:.0f} ms{f', {refused} REFUSED' if refused else ''}"


def days_ago(days: Iterable[int]) -> list[datetime]:
    """Return a moment on each day before today, oldest first."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    return [now - timedelta(days=day) for day in sorted(days, reverse=True)]


def peers() -> Iterator[Row]:
    """Measure both sides in turn and compare the medians."""
    with ExitStack() as stack:
        server = stack.enter_context(durable_postgres())
        chance = random.Random(7)  # noqa: S311 - which days somebody practised
        years = [days_ago(day for day in range(1, 366) if chance.random() < 0.8) for _ in range(CLIENTS)]
        peer = candidate("peer", PEER, stack.enter_context(theirs_on_postgres(server)), years)
        ours = candidate("groundwork", CLINIC, stack.enter_context(ours_on_postgres(server)), years)
        bare = stack.enter_context(under_uvicorn("bench.ceiling:app", "/"))
        ceiling = []
        for number in range(-1, ROUNDS):
            for case in SIZES:
                for side in (peer, ours):
                    # The first round warms everything up and is thrown away.
                    tally = measured(server, side, case, SECONDS if number >= 0 else 0.5)
                    side.tallies[case] += [tally] if number >= 0 else []
            ceiling.append(loaded(bare, [asking("GET", "/", "nobody")] * CLIENTS, 1))
    yield from told(peer, ours)
    yield _ceiling(ceiling[1:])


def candidate(name: str, database: str, side: Side, years: Sequence[Sequence[datetime]]) -> Candidate:
    """Let in clients of their own for each case, each with a year of practice."""
    pushed = {case: days_ago(range(size)) for case, size in SIZES.items()}
    asks = {
        case: [
            side.pushing(token, pushed[case]) if pushed[case] else side.reading(token)
            for token in (side.client(year) for year in years)
        ]
        for case in SIZES
    }
    return Candidate(
        name=name, database=database, address=side.address, asks=asks, tallies={case: [] for case in SIZES}
    )


def measured(server: str, side: Candidate, case: str, seconds: float) -> Tally:
    """Load one side; whatever it answered by 2xx must be in its database afterwards.

    Raises:
        RuntimeError: it is not, or nothing was answered.
    """
    for _ in range(TRIES):
        before = completions_in(server, side.database)
        tally = loaded(side.address, side.asks[case], seconds)
        if tally.seconds < seconds + STANDSTILL_S:
            break
        # A virtual machine was paused, or a laptop slept: that says nothing about anybody. What was asked is let end.
        time.sleep(1)
    stored = completions_in(server, side.database) - before
    if not is_true(tally, SIZES[case], stored):
        raise RuntimeError(f"{side.name}: {tally.good} answers to a {case}, but {stored} completions are stored.")
    return tally


def is_true(tally: Tally, size: int, stored: int) -> bool:
    """Whether something was answered, and all of it stored; what was not answered by 2xx may be stored as well."""
    return tally.good > 0 and tally.good * size <= stored <= (tally.good + tally.others) * size


def loaded(address: str, asks: Sequence[Make], seconds: float, most: int = 1_000_000) -> Tally:
    with on_core("rest"):
        return uvloop.run(load(address, asks, seconds=seconds, most=most))


def told(peer: Candidate, ours: Candidate) -> Iterator[Row]:
    """Yield a row for each ratio of issue 4, and one beside the peer's own batches."""
    for what, case, beside, target in (
        ("completions/s, by 1", ONE, ONE, 2),
        ("completions/s, by 20, peer's by 1", TWENTY, ONE, 12),
        ("completions/s, by 20", TWENTY, TWENTY, None),
        ("streak reads/s", READ, READ, 3),
    ):
        ratios = [mine / yours for mine, yours in zip(ours.rates(case), peer.rates(beside), strict=True)]
        yield Row(what=what, measured=ours.told(case), beside=f"peer {peer.told(beside)}", **at_least(ratios, target))


def _ceiling(tallies: Sequence[Tally]) -> Row:
    rate, busy = statistics.median(each.rate for each in tallies), statistics.median(each.busy for each in tallies)
    beside = f"the load took {busy:.0%} of its core"
    return Row(what="answers/s, bare ASGI on uvicorn", measured=f"{rate:,.0f}", beside=beside)
