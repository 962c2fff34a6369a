"""The catalogue alone, under uvicorn as Groundwork runs it: `python -m bench.library PORT COPIES`.

No database, no rendering: what is measured is an answer from memory, with everything that the edge does for each.
"""

import gc
import sys
import time
from typing import Any

import uvicorn
from litestar import get
from litestar.di import Provide
from support.catalogue import CONTENT
from support.crowd import crowd

from server.catalogue.answers import Answers
from server.catalogue.api import routes
from server.catalogue.search import Query
from server.catalogue.snapshot import Snapshot, compile_snapshot, load_snapshot
from server.web.kit import UVICORN_OPTIONS, web_app
from server.web.logs import configure_logging


def stocked(copies: int) -> Snapshot:
    """Return our catalogue, or one that many times as large."""
    snapshot = load_snapshot(CONTENT)
    if copies == 1:
        return snapshot
    return compile_snapshot(crowd(snapshot.exercises.values(), copies), ways=snapshot.ways)


@get("/cpu", sync_to_thread=False, include_in_schema=False)
def told_cpu() -> float:
    """Tell for how many seconds this process has computed."""
    return time.process_time()


def main(port: int, copies: int) -> None:
    configure_logging("info", "json")
    answers = Answers(stocked(copies))
    given: dict[str, Any] = {"answers": Provide(lambda: answers, sync_to_thread=False)}
    list(answers.make()) if copies == 1 else answers.list(Query())
    gc.collect()
    gc.freeze()
    app = web_app([*routes, told_cpu], version="bench", checks={}, dependencies=given)
    uvicorn.run(app, port=port, **UVICORN_OPTIONS)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
