from asyncio import get_running_loop
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

import msgspec
import structlog
from msgspec import Struct
from structlog.typing import FilteringBoundLogger

_LOGGER: Final = "groundwork.access"
_log: FilteringBoundLogger = structlog.get_logger(_LOGGER)
_encoder: Final = msgspec.json.Encoder()
_FLUSH_S: Final = 0.05
_TOLD: Final = ("request_id", "method", "route", "status", "ms", "bytes")


class Line(Struct, kw_only=True):
    """What the log says of one request; `ms` from its first byte to the last of its answer."""

    request_id: str
    method: str
    route: str
    status: int
    ms: float
    bytes: int
    event: Literal["request"] = "request"
    logger: str = _LOGGER
    level: Literal["info", "debug"] = "info"
    timestamp: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))


class AccessLog:
    """Writes the line of each request: through structlog, or straight to a stream of JSON lines.

    A line has numbers, a template and an id of hexadecimal digits, so there is nothing that a processor would have to
    take out; structlog's chain costs more than all else that is done for an answer from memory. Lines reach the system
    together, twenty times a second.
    """

    def __init__(self) -> None:
        self._out: TextIO | None = None
        self._held: list[bytes] = []

    def write_to(self, out: TextIO | None) -> None:
        """Write JSON lines to `out` from now on; None gives them back to structlog."""
        self.flush()
        self._out = out

    def write(self, line: Line) -> None:
        """Write one line; those of probes are for who looks closely."""
        if self._out is None or line.level == "debug":
            say = _log.debug if line.level == "debug" else _log.info
            say(line.event, **{name: getattr(line, name) for name in _TOLD})
            return
        if not self._held:
            get_running_loop().call_later(_FLUSH_S, self.flush)
        self._held.append(_encoder.encode(line))

    def flush(self) -> None:
        """Write what is held now."""
        held, self._held = self._held, []
        if self._out is not None and held:
            self._out.write(b"\n".join([*held, b""]).decode())
            self._out.flush()


access_log: Final = AccessLog()
