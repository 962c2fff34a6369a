import os
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.settings import Settings, SettingsError
from server.vault.keyfile import KeyList, parse, read_key_file
from server.vault.sealing import KEY_BYTES, NONCE_BYTES, SealBroken, framed, opened

SETTING: Final = "GROUNDWORK_KEYS"
_VERSION_BYTES: Final = 4


class KeyLost(Exception):  # noqa: N818 - what happened, as it is told
    """There is no key to open something with: it was destroyed, or wrapped by a version that is retired."""


class Keys(Protocol):
    """What wraps data keys: secrets of our own, or a key management service behind the same methods.

    A wrapped key begins with `stamp` of the version that wrapped it.
    """

    @property
    def newest(self) -> int:
        """The version that wraps from now on."""

    async def wrap(self, organisation: UUID, owner: UUID, secret: bytes) -> bytes:
        """Return a data key's secret, sealed for its owner by the newest version."""

    async def unwrap(self, organisation: UUID, owner: UUID, wrapped: bytes) -> bytes:
        """Return the secret of a wrapped data key.

        Raises:
            KeyLost: the version that wrapped it is not there any more.
            SealBroken: it was changed, or wrapped for somebody else.
        """

    def derive(self, organisation: UUID, purpose: str) -> bytes:
        """Return 32 bytes for MACs or a blind index, the same whatever is rotated; another for each purpose."""


class LocalKeys:
    """Keys of this server's own, from a file or the environment.

    Each organisation has its own key-encryption key and index key by HKDF-SHA256 (RFC 5869). `reread` fetches the list
    anew: before anything is wrapped, so that no retired version is used, and when an unknown version is met.
    """

    def __init__(
        self, versions: Mapping[int, bytes], *, index: bytes, reread: Callable[[], KeyList] | None = None
    ) -> None:
        self._versions = versions
        self._index = index
        self._reread = reread
        # The index key never changes, and every push needs one of these.
        self._derived: dict[tuple[UUID, str], bytes] = {}

    @property
    def newest(self) -> int:
        """The highest version of the list as it was last read."""
        return max(self._versions)

    async def wrap(self, organisation: UUID, owner: UUID, secret: bytes) -> bytes:
        """See `Keys.wrap`.

        Raises:
            SettingsError: the list cannot be read any more, so that what it wraps might never be opened.
        """
        self._refresh()
        version, nonce = self.newest, os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._wrapping(version, organisation)).encrypt(nonce, secret, _bound_to(organisation, owner))
        return stamp(version) + nonce + sealed

    async def unwrap(self, organisation: UUID, owner: UUID, wrapped: bytes) -> bytes:
        """See `Keys.unwrap`."""
        version = int.from_bytes(wrapped[:_VERSION_BYTES])
        nonce, body = wrapped[_VERSION_BYTES:][:NONCE_BYTES], wrapped[_VERSION_BYTES + NONCE_BYTES :]
        if not body:
            raise SealBroken
        if version not in self._versions:
            self._refresh()
        if version not in self._versions:
            raise KeyLost(f"A stored key was wrapped by version {version}, which is not among the keys.")
        return opened(self._wrapping(version, organisation), nonce, body, _bound_to(organisation, owner))

    def derive(self, organisation: UUID, purpose: str) -> bytes:
        """See `Keys.derive`."""
        found = self._derived.get((organisation, purpose))
        if found is None:
            found = _derived(self._index, b"index", organisation.bytes, purpose.encode())
            self._derived[organisation, purpose] = found
        return found

    def _wrapping(self, version: int, organisation: UUID) -> bytes:
        return _derived(self._versions[version], b"wrap", organisation.bytes)

    def _refresh(self) -> None:
        if self._reread:
            self._versions = self._reread().versions


def read_keys(settings: Settings) -> LocalKeys:
    """Return the keys an operator has set, or those of the file in the data folder (SQLite only).

    Raises:
        SettingsError: there are none, or they are refused.
    """
    listed = read_key_list(settings)
    reread = (lambda: read_key_list(settings)) if settings.keys_file else None
    return LocalKeys(listed.versions, index=listed.index, reread=reread)


def read_key_list(settings: Settings) -> KeyList:
    """Return what `read_keys` is made of; a file is read anew, the environment is as it was at the start.

    Raises:
        SettingsError: see `read_keys`.
    """
    if settings.keys_file:
        return read_key_file(settings.keys_file, f"{SETTING}_FILE")
    if settings.keys:
        return parse(settings.keys, SETTING)
    raise SettingsError(
        [f"{SETTING} or {SETTING}_FILE must be set with PostgreSQL; `groundwork keys make FILE` makes such a file."]
    )


def stamp(version: int) -> bytes:
    """Return how everything begins that this version wrapped."""
    return version.to_bytes(_VERSION_BYTES)


def _derived(secret: bytes, *context: bytes) -> bytes:
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=framed(b"groundwork", *context)).derive(secret)


def _bound_to(organisation: UUID, owner: UUID) -> bytes:
    return framed(organisation.bytes, owner.bytes)
