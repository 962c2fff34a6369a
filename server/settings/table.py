from collections.abc import Callable, Mapping
from typing import Any, Final

from server.settings.model import Setting
from server.settings.values import (
    database_url,
    folder,
    host,
    networks,
    one_of,
    origins,
    owner_database_url,
    path,
    path_or_bucket,
    prefix,
    public_url,
    whole,
    yes_or_no,
)

PREFIX: Final = "GROUNDWORK_"


def _setting(variable: str, read: Callable[[str], Any], default: str, allowed: str, about: str) -> Setting:
    return Setting(variable=PREFIX + variable, read=read, default=default, allowed=allowed, about=about)


_WORDS: Final = "yes or no"

# By the field of `Settings`.
SETTINGS: Final[Mapping[str, Setting]] = {
    "data": _setting("DATA", path, "var", "a path", "The folder for everything the server writes."),
    "database_url": Setting(
        variable=f"{PREFIX}DATABASE_URL",
        read=database_url,
        default="",
        allowed="a postgresql:// URL with a database name and no password or one of 15 characters or more, "
        "or the path of a SQLite file",
        about="The database; by default the SQLite file groundwork.db in the data folder.",
        secret=True,
    ),
    "owner_database_url": Setting(
        variable=f"{PREFIX}OWNER_DATABASE_URL",
        read=owner_database_url,
        default="",
        allowed="a postgresql:// URL with a database name and no password or one of 15 characters or more",
        about="The same PostgreSQL database as its owner; only `groundwork migrate` needs it.",
        secret=True,
    ),
    "keys": Setting(
        variable=f"{PREFIX}KEYS",
        read=str,
        default="",
        allowed="entries version:key and one index:key, separated by commas or lines; each key 32 bytes in base64url",
        about="The keys that texts are sealed under; with SQLite by default the file keys in the data folder.",
        secret=True,
    ),
    "content": _setting("CONTENT", folder, "", "a folder that exists", "The catalogue; a checkout has its own."),
    "audio": _setting(
        "AUDIO",
        path_or_bucket,
        "",
        "a path, or a bucket such as s3://name/prefix",
        "The rendered audio; by default the folder audio in the data folder.",
    ),
    "accel": _setting(
        "ACCEL",
        prefix,
        "",
        "a prefix such as /_audio/",
        "Under which internal location the proxy in front has the audio folder and sends from it (X-Accel-Redirect).",
    ),
    "recordings": _setting(
        "RECORDINGS",
        path,
        "",
        "a path",
        "What therapists have recorded; it cannot be made again. By default the folder recordings in the data folder.",
    ),
    "erasures": _setting(
        "ERASURES",
        path,
        "",
        "a path",
        "The list of erased clients, kept apart from the database; by default erasures.jsonl in the data folder.",
    ),
    "served_state": _setting(
        "SERVED_STATE",
        path,
        "",
        "a path",
        "Which state of the database was served last, kept apart from it; by default served-state in the data folder.",
    ),
    "host": _setting("HOST", host, "127.0.0.1", "a host name or an IP address", "The address to listen on."),
    "port": _setting("PORT", whole(0, 65535), "8000", "a number from 0 to 65535", "The port to listen on."),
    "public_url": _setting(
        "PUBLIC_URL",
        public_url,
        "http://localhost:8000",
        "an origin such as https://clinic.example.org; http only for localhost",
        "Where phones and browsers reach the server; links, QR codes and passkeys are made for it.",
    ),
    "log_level": _setting(
        "LOG_LEVEL",
        one_of("debug", "info", "warning", "error"),
        "info",
        "debug, info, warning or error",
        "How much is logged.",
    ),
    "log_format": _setting(
        "LOG_FORMAT", one_of("json", "console"), "json", "json or console", "Logs for machines or for people."
    ),
    "body_limit": _setting(
        "BODY_LIMIT",
        whole(1024, 64 * 1024 * 1024),
        str(1024 * 1024),
        "a number of bytes from 1024 to 67108864",
        "The largest request body.",
    ),
    "cors_origins": _setting(
        "CORS_ORIGINS",
        origins,
        "",
        "exact origins such as https://app.example.org, separated by commas",
        "Whose pages may read answers; none by default.",
    ),
    "proxies": _setting(
        "PROXIES",
        networks,
        "",
        "IP networks such as 10.1.0.0/16 or 2001:db8:1::/48, separated by commas",
        "The proxies whose X-Forwarded-For is believed; none by default.",
    ),
    "docs": _setting("DOCS", yes_or_no, "yes", _WORDS, "Whether /docs is served."),
}
