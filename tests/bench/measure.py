"""`make bench`: what things cost, each beside a ceiling, a peer or a target, measured in one run.

Names of parts run those alone: `make bench PARTS="peers history"`. `docs/bench.md` tells how to read it.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator

from bench.commands import start
from bench.cores import PINNED
from bench.delivery import delivery
from bench.history import history
from bench.inside import people, streaks
from bench.peers import peers
from bench.rendering import rendering
from bench.rows import Row, show
from bench.shelves import catalogue

from server.web.logs import configure_logging

PARTS: dict[str, Callable[[], Iterator[Row] | AsyncIterator[Row]]] = {
    "catalogue": catalogue,
    "people": people,
    "peers": peers,
    "history": history,
    "streaks": streaks,
    "start": start,
    "audio": delivery,
    "rendering": rendering,
}


def main() -> None:
    """Measure the parts named on the command line, all by default."""
    parser = argparse.ArgumentParser(prog="measure.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(PARTS)}; all by default")
    names = parser.parse_args().names or list(PARTS)
    if unknown := set(names) - set(PARTS):
        parser.error(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    configure_logging("error", "json")
    # The servers that were started end with the bench, also when it is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun, rows = time.monotonic(), []
    try:
        for name in names:
            rows += rows_of(PARTS[name]())
    finally:
        # Also when a part fails: what was measured before took minutes.
        where = "servers on a core of their own" if PINNED else "nothing pinned: servers, load and database share cores"
        if rows:
            show(f"Groundwork on this machine, one run of {time.monotonic() - begun:.0f} s, {where}", rows)


def rows_of(part: Iterator[Row] | AsyncIterator[Row]) -> list[Row]:
    if isinstance(part, Iterator):
        return list(part)

    async def collect() -> list[Row]:
        return [row async for row in part]

    return asyncio.run(collect())


if __name__ == "__main__":
    main()
