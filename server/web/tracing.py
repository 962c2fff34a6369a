import re
import traceback
from contextvars import ContextVar
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from server.kit.ids import new_name

_WELL_FORMED: Final = re.compile(r"[0-9A-Fa-f-]{16,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_log: FilteringBoundLogger = structlog.get_logger("groundwork")


def name_of(given: str | None) -> str:
    """Name a request: by its own X-Request-Id if well formed, else by a new id.

    Only hexadecimal digits and hyphens are taken over (UUIDs, trace ids): the id is logged, so it must not be a way
    to write words into the log.
    """
    return given if given and _WELL_FORMED.fullmatch(given) else new_name()


def begin_request(name: str) -> None:
    """Let whatever is logged from here on say which request it belongs to."""
    _current.set(name)


def request_id() -> str:
    """Return the id of the request being served, or an empty string outside of one."""
    return _current.get()


def log_failure(error: BaseException) -> None:
    """Log an exception by its types and where it was raised; its message may hold people's data and is left out."""
    _log.error("failure", **anonymous(error))


def anonymous(error: BaseException) -> dict[str, object]:
    """Return what may be told about an exception: its types, cause first, and the places it came through."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return {
        "exception": " > ".join(type(each).__qualname__ for each in reversed(chain)),
        "at": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for each in reversed(chain)
            for frame in traceback.extract_tb(each.__traceback__)
        ],
    }
