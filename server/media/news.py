"""What is told of the rendering: to the log, to the command line, to the metrics."""

from collections.abc import Callable
from typing import Literal

import structlog
from msgspec import Struct

from server.media.schemas import Cut, Unnarrated
from server.media.studio import CannotRenderError
from server.web.tracing import log_failure

_log: structlog.stdlib.BoundLogger = structlog.get_logger("groundwork.media")


class Finished(Struct, frozen=True, kw_only=True):
    """What became of a cut; `took_s` is the wall time of rendering, `waiting` how many are left."""

    cut: Cut
    outcome: Literal["rendered", "impossible"]
    took_s: float
    waiting: int


Listener = Callable[[Finished], None]


def log_finished(finished: Finished) -> None:
    """Log a rendered cut; one that is impossible was logged with its reason."""
    if finished.outcome == "rendered":
        cut = finished.cut
        _log.info(
            "audio rendered",
            slug=cut.slug,
            language=cut.language,
            length=cut.length,
            alt_variants=cut.alt_variants,
            voice=cut.voice,
            took_s=round(finished.took_s, 2),
            waiting=finished.waiting,
        )


def log_impossible(cut: Cut, error: Exception) -> None:
    """Log that a cut stays without sound, and why."""
    if not isinstance(error, CannotRenderError):
        log_failure(error)
    reason = str(error) if isinstance(error, CannotRenderError) else type(error).__qualname__
    _log.warning(
        "audio impossible",
        slug=cut.slug,
        language=cut.language,
        length=cut.length,
        alt_variants=cut.alt_variants,
        voice=cut.voice,
        reason=reason,
    )


def log_unnarrated(unnarrated: Unnarrated) -> None:
    """Log once which exercises are practised by their text: a count of those never narrated, names of the others."""
    if unnarrated.exercises or unnarrated.partly:
        _log.info("practised by text", without_narration=len(unnarrated.exercises), partly=unnarrated.partly)


def log_interrupted(error: Exception) -> None:
    """Log that a worker ended or could not write; what it made is tried again."""
    _log.error("rendering interrupted", reason=type(error).__qualname__)
