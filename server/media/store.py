"""Rendered audio as immutable objects behind obstore: `files/ab/<sha256>` and `recipes/<recipe>.json`."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
from obstore import sign_async
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from server.media.schemas import Manifest, Rendition, StoredFile

FILES = "files"
RECIPES = "recipes"
_HASH = re.compile(r"[0-9a-f]{64}")
_manifest_json = msgspec.json.Encoder()
_read_manifest = msgspec.json.Decoder(Manifest)
_read_rendition = msgspec.json.Decoder(Rendition)


@contextmanager
def _reached() -> Iterator[None]:
    """Tell of whatever else a store elsewhere has to say than "there is nothing" as of a disk that fails."""
    try:
        yield
    except BaseError as error:
        raise OSError("The store of audio does not answer as it should.") from error


class AudioStore:
    """Reads and writes audio; a write is there whole or not at all, because obstore renames it into its place."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._folder = objects.prefix if isinstance(objects, LocalStore) else None

    def put_file(self, path: Path, file: StoredFile) -> None:
        """Keep one rendered file.

        Raises:
            ValueError: its bytes are not those the file says.
        """
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        if digest != file.sha256 or path.stat().st_size != file.bytes:
            raise ValueError("A rendered file differs from its own description.")
        self._put(file_name(file.sha256), path)

    def put_manifest(self, manifest: Manifest) -> None:
        """Keep a manifest; from now on its files are found, so they are put before it."""
        self._put(recipe_name(manifest.recipe), _manifest_json.encode(manifest))

    def remove(self, rendition: Rendition) -> None:
        """Let go of a rendition, its manifest first: what is found has its files, or lacks them and is made again."""
        for name in (recipe_name(rendition.recipe), *(file_name(file.sha256) for file in rendition.files)):
            with suppress(FileNotFoundError), _reached():
                self._objects.delete(name)

    def _put(self, name: str, content: Path | bytes) -> None:
        with _reached():
            self._objects.put(name, content)
        if self._folder is not None:
            _flush(self._folder / name)

    def sizes(self) -> dict[str, int]:
        """List the files there are: sha256 to bytes."""
        return {name: size for name, size in self._list(FILES) if is_hash(name)}

    def recipes(self) -> set[str]:
        """List the recipes that have a manifest."""
        names = (name.removesuffix(".json") for name, _ in self._list(RECIPES))
        return {name for name in names if is_hash(name)}

    def _list(self, folder: str) -> list[tuple[str, int]]:
        with _reached():
            found = (entry for batch in self._objects.list(f"{folder}/", chunk_size=1000) for entry in batch)
            return [(entry["path"].rpartition("/")[2], entry["size"]) for entry in found]

    def rendition(self, recipe: str) -> Rendition | None:
        """Read what is held in memory of a manifest; None when there is none, or when it cannot be read."""
        try:
            with _reached():
                return _read_rendition.decode(self._objects.get(recipe_name(recipe)).bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def has(self, file: StoredFile) -> bool:
        """Tell whether a file is there and of its size."""
        try:
            with _reached():
                return self._objects.head(file_name(file.sha256))["size"] == file.bytes
        except FileNotFoundError:
            return False

    async def manifest(self, recipe: str) -> Manifest | None:
        """Read a manifest in full; None when there is none, or when it cannot be read."""
        try:
            with _reached():
                answer = await self._objects.get_async(recipe_name(recipe))
                return _read_manifest.decode(await answer.bytes_async())
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    async def size(self, sha256: str) -> int | None:
        """Return a file's bytes, None when it is not there."""
        try:
            if self._folder is not None:
                # Quicker than to ask a thread.
                return (self._folder / file_name(sha256)).stat().st_size
            with _reached():
                return (await self._objects.head_async(file_name(sha256)))["size"]
        except FileNotFoundError:
            return None

    def open(self, sha256: str) -> BinaryIO:
        """Open a file of a store that is a folder of this machine.

        Raises:
            OSError: it has gone.
        """
        if self._folder is None:
            raise FileNotFoundError("The store is no folder of this machine.")
        # As text, because a path takes longer to make than the file to open.
        return open(f"{self._folder}/{file_name(sha256)}", "rb", buffering=0)  # noqa: PTH123 - see above

    async def signed(self, sha256: str, life: timedelta) -> str:
        """Return an address at which whoever has it can read a file of a bucket, while it lives.

        Raises:
            OSError: the credentials to sign with cannot be had.
        """
        if not isinstance(self._objects, S3Store):
            raise FileNotFoundError("The store is no bucket.")
        with _reached():
            return await sign_async(self._objects, "GET", file_name(sha256), life)

    def fetch(self, manifest: Manifest, folder: Path) -> Path:
        """Return a folder in which a manifest's files lie as in a store; from elsewhere they are copied into `folder`.

        Raises:
            OSError: the store does not answer, or the disk is full.
        """
        if self._folder is not None:
            return self._folder
        for name in [file_name(file.sha256) for file in manifest.files]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            # What is missing there is missing here, and told as such.
            with suppress(FileNotFoundError), _reached():
                (folder / name).write_bytes(self._objects.get(name).bytes())
        return folder


def local_store(folder: Path) -> AudioStore:
    """Open the store in a folder of this machine; the folder is made if need be."""
    return AudioStore(LocalStore(prefix=folder, mkdir=True))


def is_hash(name: str) -> bool:
    """Tell whether a name is 64 lower-case hex digits, as every name in the store is."""
    return _HASH.fullmatch(name) is not None


def file_name(sha256: str) -> str:
    """Return where a file is kept."""
    return f"{FILES}/{sha256[:2]}/{sha256}"


def recipe_name(recipe: str) -> str:
    """Return where a manifest is kept."""
    return f"{RECIPES}/{recipe}.json"


def _flush(path: Path) -> None:
    # A power cut must not leave a manifest without the bytes it promises: obstore renames, but does not flush.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
