"""The list of secrets everything is sealed under, as text: in a file, or in one environment variable."""

import os
import re
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from msgspec import Struct

from server.settings import SettingsError
from server.vault.sealing import KEY_BYTES

# Of 32 random bytes about 30 differ; fewer than this never happens, however many keys are made.
_LEAST_DIFFERENT: Final = 12
_INDEX: Final = "index"


class KeyList(Struct, frozen=True, kw_only=True):
    """The secrets by version, which wrap data keys, and one that is never rotated, for MACs and blind indexes."""

    versions: Mapping[int, bytes]
    index: bytes

    def __repr__(self) -> str:
        return f"KeyList(versions={sorted(self.versions)}, …)"


def new_key_list() -> KeyList:
    """Make the first secrets of an installation."""
    return KeyList(versions={1: os.urandom(KEY_BYTES)}, index=os.urandom(KEY_BYTES))


def with_next_version(keys: KeyList) -> KeyList:
    """Return the list with one more version; the older ones stay."""
    return KeyList(versions={**keys.versions, max(keys.versions) + 1: os.urandom(KEY_BYTES)}, index=keys.index)


def without_version(keys: KeyList, version: int) -> KeyList:
    """Return the list without a version; what it wrapped can never be opened again."""
    return KeyList(
        versions={each: secret for each, secret in keys.versions.items() if each != version}, index=keys.index
    )


def written(keys: KeyList) -> str:
    """Return the list as text: one entry a line."""
    entries = [(_INDEX, keys.index), *((str(version), keys.versions[version]) for version in sorted(keys.versions))]
    return "".join(f"{name}:{urlsafe_b64encode(secret).decode()}\n" for name, secret in entries)


def parse(text: str, setting: str) -> KeyList:
    """Read entries `version:base64url` and `index:base64url`, separated by lines or commas.

    Raises:
        SettingsError: with one sentence that names the setting and no value.
    """
    entries = [_entry(each.strip(), setting) for each in re.split(r"[\n,]", text) if each.strip()]
    if any(count > 1 for count in Counter(name for name, _ in entries).values()):
        raise SettingsError([f"{setting} must hold each version, and index, only once."])
    if len({secret for _, secret in entries}) < len(entries):
        raise SettingsError([f"{setting} must hold another key for each version, and another one for index."])
    found = dict(entries)
    index = found.pop(_INDEX, None)
    if index is None or not found:
        raise SettingsError([f"{setting} must hold an entry index and at least one version."])
    return KeyList(versions={int(name): secret for name, secret in found.items()}, index=index)


def _entry(entry: str, setting: str) -> tuple[str, bytes]:
    matched = re.fullmatch(r"(index|[1-9]\d{0,8}):([A-Za-z0-9_-]+)(=*)", entry)
    try:
        name, text = matched.group(1, 2) if matched else ("", "")
        secret = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        name, secret = "", b""
    if not name:
        raise SettingsError([f"{setting} must be entries like 1:KEY and index:KEY, each KEY in base64url."])
    if len(secret) < KEY_BYTES:
        raise SettingsError([f"{setting} must hold keys of {KEY_BYTES} bytes or more."])
    if _is_guessable(secret):
        raise SettingsError([f"{setting} must hold random keys; there is one of words, defaults or a pattern."])
    return name, secret


def _is_guessable(secret: bytes) -> bool:
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return secret.isascii() or len(set(secret)) < _LEAST_DIFFERENT or len(steps) == 1


def read_key_file(path: Path, setting: str) -> KeyList:
    """Read a file of keys.

    Raises:
        SettingsError: it cannot be read, others may read it, or what it holds is refused by `parse`.
    """
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise SettingsError([f"{setting} must be a file that only its owner may read: chmod 600."])
            return parse(file.read(), setting)
    except FileNotFoundError:
        raise SettingsError(
            [f"{setting} must be there; `groundwork migrate` makes the one in the data folder."]
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError([f"{setting} must be a file of keys that can be read."]) from None


def make_key_file(path: Path, keys: KeyList | None = None) -> None:
    """Write a file of these keys, or of new ones, that only its owner may read.

    Raises:
        FileExistsError: there is one; it is never overwritten.
    """
    _write(path, written(keys or new_key_list()))
    _settle(path.parent)


def change_key_file(path: Path, setting: str, change: Callable[[KeyList], KeyList]) -> KeyList:
    """Put a changed list in the place of a file of keys, whole or not at all; returns the changed list.

    Raises:
        FileExistsError: somebody else is changing it, or was interrupted: there is a file of the same name with `.new`.
        SettingsError: the present list is refused.
    """
    new = path.with_name(f"{path.name}.new")
    # Its existence is the lock, so it is there before the present list is read.
    _write(new, "")
    try:
        changed = change(read_key_file(path, setting))
        with new.open("w", encoding="ascii") as file:
            file.write(written(changed))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    _settle(path.parent)
    return changed


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
