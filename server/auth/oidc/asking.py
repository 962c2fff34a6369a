"""One request to a provider: bounded in time and size, encrypted, and never sent on elsewhere."""

from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import structlog
from anyio import fail_after
from structlog.typing import FilteringBoundLogger

from server.kit.errors import Unavailable

MOST_BYTES: Final = 256 * 1024
# Seconds for a whole answer, however slowly it drips.
PATIENCE: Final = 10.0
RETRY_AFTER: Final = 30
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_log: FilteringBoundLogger = structlog.get_logger("groundwork")
T = TypeVar("T")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent to a URL: https, or a server on this very machine."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


async def ask(
    method: str, url: str, *, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Return status and body of a provider's answer; redirects are answers, never followed.

    Raises:
        Unavailable: it does not answer within ten seconds, or more than 256 KiB.
    """
    # It takes as long to import as a fifth of the server, and few clinics need it.
    import httpx  # noqa: PLC0415 - see above

    # What is compressed has no bound that holds.
    plain = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    body = bytearray()
    try:
        with fail_after(PATIENCE):
            async with (
                httpx.AsyncClient(verify=_trusted(), timeout=PATIENCE, follow_redirects=False) as http,
                http.stream(method, url, headers=plain, data=form) as answer,
            ):
                async for chunk in answer.aiter_raw():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise unavailable("too long an answer")
                return answer.status_code, bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise unavailable(type(error).__name__) from error


@cache
def _trusted() -> SSLContext:
    """Return whose certificates are trusted; reading them takes longer than asking."""
    import httpx  # noqa: PLC0415 - see above

    return httpx.create_ssl_context()


def read(status: int, body: bytes, kind: type[T]) -> T:
    """Return what a provider answered.

    Raises:
        Unavailable: it is no success, or not what was asked for.
    """
    if status != HTTPStatus.OK:
        raise unavailable(f"status {status}")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise unavailable("not what was asked for") from error


def unavailable(reason: str) -> Unavailable:
    """Return what a caller is told; the operator's log learns why, which never names anybody."""
    _log.warning("a provider cannot be used", reason=reason)
    return Unavailable(
        "Your clinic's sign-in does not answer. Try again in a moment.",
        code="provider_unavailable",
        retry_after=RETRY_AFTER,
    )
