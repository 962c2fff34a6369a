"""The archive of a client: a zip of one JSON Lines file per table, and a manifest (`docs/privacy.md`)."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from server.kit.errors import Invalid

FORMAT: Final = "groundwork-client"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
# The audit's entries about the client: to be read, and never taken in.
READS: Final = "record_reads"
# What a hostile archive may unpack to; ten years of daily practice with notes are about 3 MB.
MOST_BYTES: Final = 64 * 1024 * 1024
_JUST_NOW: Final = (1980, 1, 1, 0, 0, 0)
# Whatever reading a zip that somebody made up, or that came over a bad line, can end with.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
    OSError,
    msgspec.MsgspecError,
)

_lines: Final = msgspec.json.Decoder(dict[str, Any])

Lines = Sequence[Mapping[str, Any]]


class FileEntry(Struct, frozen=True, kw_only=True):
    """One file of an archive: how many lines, and the SHA-256 of its bytes in hexadecimal."""

    lines: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What an archive says of itself. `left_out`: tables that are not in it, and why."""

    format: str
    version: int
    client_id: UUID
    made_at: datetime
    files: dict[str, FileEntry]
    left_out: dict[str, str]


def pack(client: UUID, made_at: datetime, files: Mapping[str, Lines], left_out: Mapping[str, str]) -> bytes:
    """Return a zip; the same content at the same instant gives the same bytes."""
    texts = {_file(name): b"".join(msgspec.json.encode(line) + b"\n" for line in files[name]) for name in files}
    entries = {
        name: FileEntry(lines=text.count(b"\n"), sha256=hashlib.sha256(text).hexdigest())
        for name, text in texts.items()
    }
    manifest = Manifest(
        format=FORMAT, version=VERSION, client_id=client, made_at=made_at, files=entries, left_out=dict(left_out)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {MANIFEST: msgspec.json.format(msgspec.json.encode(manifest)), **texts}.items():
            archive.writestr(zipfile.ZipInfo(name, _JUST_NOW), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(packed: bytes, tables: Collection[str]) -> tuple[Manifest, dict[str, list[dict[str, Any]]]]:
    """Return the manifest and the lines by table, all of these tables and nothing else.

    Raises:
        Invalid: it is no archive of ours, of a later version, too large, or not as its manifest says.
    """
    expected = {_file(name) for name in (*tables, READS)}
    try:
        texts = _texts(packed, {MANIFEST, *expected})
        manifest = msgspec.json.decode(texts.pop(MANIFEST), type=Manifest)
    except _BROKEN:
        raise Invalid("This is not an archive of a client.", code="no_archive") from None
    if manifest.format != FORMAT or manifest.version != VERSION:
        raise Invalid("This archive has another format than this version can take in.", code="other_format")
    if set(manifest.files) != expected or texts.keys() != expected:
        raise Invalid("Something is missing from this archive, or does not belong in it.", code="changed_archive")
    if not all(_is_whole(text, manifest.files[name]) for name, text in texts.items()):
        raise Invalid("This archive is not as it was made.", code="changed_archive")
    try:
        return manifest, {name: _lines.decode_lines(texts[_file(name)]) for name in tables}
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid("This archive has lines that cannot be read.", code="bad_line") from None


def _texts(packed: bytes, known: Collection[str]) -> dict[str, bytes]:
    """Read every file; nothing is written anywhere, so a name is never a path.

    Raises:
        Invalid: it unpacks to too much; what a file says of its own size is not believed.
    """
    texts: dict[str, bytes] = {}
    room = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for entry in archive.infolist():
            if entry.filename not in known or entry.filename in texts:
                raise Invalid("Something does not belong in this archive.", code="changed_archive")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile
            with archive.open(entry) as file:
                texts[entry.filename] = file.read(room + 1)
            room -= len(texts[entry.filename])
            if room < 0:
                raise Invalid("This archive unpacks to more than 64 MiB.", code="too_large_archive")
    return texts


def _file(table: str) -> str:
    return f"{table}.jsonl"


def _is_whole(text: bytes, entry: FileEntry) -> bool:
    whole = text == b"" or text.endswith(b"\n")
    return whole and hashlib.sha256(text).hexdigest() == entry.sha256 and text.count(b"\n") == entry.lines
