from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """What the operator decided; immutable, passed to whoever needs it."""

    data: Path
    database_url: str
    # Empty unless given: who only serves must not have it.
    owner_database_url: str
    # The keys as text, or the file they are in; neither when PostgreSQL is used without.
    keys: str
    keys_file: Path | None
    content: Path
    # A folder, or the s3:// URL of a bucket.
    audio: Path | str
    accel: str
    recordings: Path
    erasures: Path
    served_state: Path
    host: str
    port: int
    public_url: str
    log_level: str
    log_format: Literal["json", "console"]
    body_limit: int
    cors_origins: tuple[str, ...]
    proxies: tuple[IPv4Network | IPv6Network, ...]
    docs: bool

    def __repr__(self) -> str:
        return f"Settings(data={str(self.data)!r}, host={self.host!r}, port={self.port}, …)"


class SettingsError(Exception):
    """Settings that cannot be used: one plain sentence for each, which never holds a value."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class Setting(Struct, frozen=True, kw_only=True):
    """One setting as its documentation tells it; `read` raises ValueError for what is not `allowed`."""

    variable: str
    about: str
    allowed: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False
