"""The console's cookies: only over TLS, for this host alone, out of reach of scripts and of other sites' pages."""

from datetime import timedelta
from typing import Final

from litestar.datastructures import Cookie

from server.auth.entry import ConsoleEntry
from server.auth.families import STAFF_LIFE
from server.web.policy import CONSOLE_COOKIE

KNOWN_COOKIE: Final = "__Host-groundwork-known"
KNOWN_LIFE: Final = timedelta(days=365)
# Sent when somebody signs out. Not "cookies": who knows a browser is kept, and the sign-in's own is cleared by name.
FORGET: Final = {"Clear-Site-Data": '"cache", "storage"'}


def of_entry(entry: ConsoleEntry) -> list[Cookie]:
    """Return the cookies of a sign-in; how long it holds is decided at the server."""
    known = [_cookie(KNOWN_COOKIE, entry.known_device, KNOWN_LIFE)] if isinstance(entry.known_device, str) else []
    return [_cookie(CONSOLE_COOKIE, entry.cookie, STAFF_LIFE[1]), *known]


def renewed(cookie: str | None) -> list[Cookie]:
    """Return the cookie of a sign-in that goes on under another one; nothing when it is held by no cookie."""
    return [] if cookie is None else [_cookie(CONSOLE_COOKIE, cookie, STAFF_LIFE[1])]


def cleared() -> Cookie:
    """Return what makes a browser forget the cookie of a sign-in that is over."""
    return _cookie(CONSOLE_COOKIE, "", timedelta())


def _cookie(name: str, value: str, life: timedelta) -> Cookie:
    seconds = int(life.total_seconds())
    return Cookie(key=name, value=value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")
