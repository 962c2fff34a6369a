import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal, TextIO

import msgspec
import structlog
from structlog.typing import Processor

from server.web.access import access_log
from server.web.tracing import anonymous, request_id

# The loggers whose sentences are known to hold nothing about people; of all others (an event loop that quotes an
# exception, an HTTP client that quotes an address) only the name, the level and the place are kept.
_TRUSTED: Final = frozenset({"groundwork", "uvicorn", "alembic"})

Event = MutableMapping[str, Any]


class _Lines(structlog.WriteLogger):
    def __init__(self, name: str, out: TextIO) -> None:
        super().__init__(out)
        self.name = name


def configure_logging(level: str, form: Literal["json", "console"], stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs through one chain to `stream` (default: stderr).

    `level` is a name of `logging`; `form` one JSON object a line, or coloured lines for people.
    """
    out = stream or sys.stderr
    threshold = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_request,
        _leave_out_values,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(serializer=_line) if form == "json" else structlog.dev.ConsoleRenderer()
    )
    # Our own lines go straight to the stream: through the standard library one line costs ten times as much.
    structlog.configure(
        processors=[*shared, last],
        logger_factory=lambda name="groundwork": _Lines(name, out),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        cache_logger_on_first_use=False,
    )
    access_log.write_to(out if form == "json" and threshold <= logging.INFO else None)
    _take_over_standard_logging(out, threshold, shared, last)


def _take_over_standard_logging(out: TextIO, threshold: int, shared: list[Processor], last: Processor) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_only_the_place, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.captureWarnings(capture=True)


def _line(event: object, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _name_request(_logger: object, _method: str, event: Event) -> Event:
    if name := request_id():
        event.setdefault("request_id", name)
    return event


def _leave_out_values(_logger: object, _method: str, event: Event) -> Event:
    """Replace an exception by its types and places: its message may quote people's data."""
    caught = event.pop("exc_info", None)
    error = sys.exc_info()[1] if caught is True else caught[1] if isinstance(caught, tuple) else caught
    if isinstance(error, BaseException):
        event.update(anonymous(error))
    event.pop("stack_info", None)
    return event


def _only_the_place(_logger: object, _method: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    event["exc_info"] = record.exc_info
    if record.name.split(".")[0] not in _TRUSTED:
        event["event"] = "from a library"
        event["at"] = [f"{record.module}:{record.lineno} {record.funcName}"]
    return event
