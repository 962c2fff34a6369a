import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

# As long as a member's own (security.md "Signing in"): a database is asked over the network, as a sign-in is, and every
# password that a product comes with is shorter.
DATABASE_PASSWORD_CHARACTERS: Final = 15

# Names of buckets: "General purpose bucket naming rules" of S3.
_BUCKET: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w.-]+)*/?", re.ASCII)
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within these bounds, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of one of these words, in small letters."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return read


def yes_or_no(text: str) -> bool:
    """Read a decision."""
    return one_of("yes", "on", "true", "1", "no", "off", "false", "0")(text) in {"yes", "on", "true", "1"}


def path(text: str) -> Path:
    """Read a path, whether or not anything is there."""
    if not text or "\0" in text:
        raise ValueError
    return Path(text)


def folder(text: str) -> Path:
    """Read the path of a folder that exists."""
    found = path(text)
    if not found.is_dir():
        raise ValueError
    return found


def path_or_bucket(text: str) -> Path | str:
    """Read a path, or the URL of a bucket with or without a prefix; it never holds credentials."""
    if "://" not in text:
        return path(text)
    if not _BUCKET.fullmatch(text):
        raise ValueError
    return text.rstrip("/")


def prefix(text: str) -> str:
    """Read the beginning of paths, with a slash at both ends, or nothing."""
    if text and not re.fullmatch(r"/(?:[\w.-]+/)+", text, re.ASCII):
        raise ValueError
    return text


def host(text: str) -> str:
    """Read a host name or an address."""
    if not re.fullmatch(r"[0-9A-Za-z.:-]+", text):
        raise ValueError
    return text


def origins(text: str) -> tuple[str, ...]:
    """Read exact origins (scheme, host, port) separated by commas."""
    origins = tuple(each.strip().rstrip("/") for each in text.split(",") if each.strip())
    if not all(_ORIGIN.fullmatch(each) for each in origins):
        raise ValueError
    return origins


def public_url(text: str) -> str:
    """Read one origin; what travels in clear text is for this machine alone."""
    found = text.rstrip("/").lower()
    parts = urlsplit(found)
    if not _ORIGIN.fullmatch(found) or (parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1"}):
        raise ValueError
    return found


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read IP networks or single addresses separated by commas; never the whole internet."""
    networks = tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    if not all(each.prefixlen for each in networks):
        raise ValueError
    return networks


def database_url(text: str) -> str:
    """Return the URL of the async driver for a database URL of any common form, or for the path of a SQLite file.

    Raises:
        ValueError: it is neither, or its password is too short to be anybody's own.
    """
    if "://" not in text:
        return f"sqlite+aiosqlite:///{path(text)}"
    scheme, _, rest = text.partition("://")
    if scheme in {"sqlite", "sqlite+aiosqlite"} and rest.startswith("/") and len(rest) > 1:
        return f"sqlite+aiosqlite://{rest}"
    parts = urlsplit(text)
    if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not parts.path.strip("/") or parts.port == 0:
        raise ValueError
    # asyncpg calls libpq's `sslmode` `ssl`; hosting providers write the former.
    query = [("ssl" if key == "sslmode" else key, value) for key, value in parse_qsl(parts.query)]
    passwords = [unquote(parts.password or ""), *(value for key, value in query if key == "password")]
    if any(0 < len(each) < DATABASE_PASSWORD_CHARACTERS for each in passwords):
        raise ValueError
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", query=urlencode(query)))


def owner_database_url(text: str) -> str:
    """Return the same for PostgreSQL alone; nothing for nothing.

    Raises:
        ValueError: as `database_url`, or it is SQLite's, which has no roles.
    """
    url = database_url(text) if text else ""
    if url.startswith("sqlite"):
        raise ValueError
    return url
