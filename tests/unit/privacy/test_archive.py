"""An archive comes back from other hands: whatever is wrong with it is said in a sentence, and nothing else happens."""

import hashlib
import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.errors import Invalid
from server.privacy import archive
from server.privacy.archive import MANIFEST, READS, pack, unpack

ANA = UUID(int=8)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TABLES = ("clients", "voids")
FILES: dict[str, list[dict[str, Any]]] = {"clients": [{"id": str(ANA), "name": "Äna"}], "voids": [], READS: []}
PACKED = pack(ANA, NOON, FILES, {"pairings": "secrets"})


def rewritten(*changes: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the archive with its files changed, zipped anew."""
    with zipfile.ZipFile(io.BytesIO(PACKED)) as old:
        texts = {name: old.read(name) for name in old.namelist()}
    for change in changes:
        change(texts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, text in texts.items():
            new.writestr(name, text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def told(packed: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        unpack(packed, TABLES)
    assert refused.value.detail.endswith(".")
    return refused.value.code


def with_lines(name: str, text: bytes) -> bytes:
    """Return the archive with another file in it, and a manifest that fits it."""

    def change(texts: dict[str, bytes]) -> None:
        manifest = json.loads(texts[MANIFEST])
        entry = {"lines": text.count(b"\n"), "sha256": hashlib.sha256(text).hexdigest()}
        texts[name] = text
        texts[MANIFEST] = json.dumps({**manifest, "files": {**manifest["files"], name: entry}}).encode()

    return rewritten(change)


def manifest_with(**fields: Any) -> bytes:
    def change(texts: dict[str, bytes]) -> None:
        texts[MANIFEST] = json.dumps({**json.loads(texts[MANIFEST]), **fields}).encode()

    return rewritten(change)


def test_an_archive_unpacks_to_what_was_packed() -> None:
    manifest, lines = unpack(PACKED, TABLES)
    assert (manifest.client_id, manifest.made_at) == (ANA, NOON)
    assert lines == {name: FILES[name] for name in TABLES}


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pack(ANA, NOON, FILES, {"pairings": "secrets"}) == PACKED
    assert pack(ANA, NOON, {**FILES, "voids": [{"id": 1}]}, {"pairings": "secrets"}) != PACKED


@pytest.mark.parametrize("packed", [b"", b"PK", b"not a zip at all", PACKED[:-30], b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(packed: bytes) -> None:
    assert told(packed) == "no_archive"


@pytest.mark.parametrize(
    "packed, code",
    [
        (manifest_with(version=2), "other_format"),
        (manifest_with(format="somebody-elses"), "other_format"),
        (manifest_with(client_id="nobody"), "no_archive"),
        (manifest_with(files={}), "changed_archive"),
        (rewritten(lambda texts: texts.pop("voids.jsonl")), "changed_archive"),
        (rewritten(lambda texts: texts.update({"clients.jsonl": b'{"id":"other"}\n'})), "changed_archive"),
        (rewritten(lambda texts: texts.update({MANIFEST: b"[" * 100_000})), "no_archive"),
        (rewritten(lambda texts: texts.pop(MANIFEST)), "no_archive"),
        (with_lines("clients.jsonl", b"[1]\n"), "bad_line"),
        (with_lines("clients.jsonl", b'{"name":"\xff"}\n'), "bad_line"),
        (with_lines("clients.jsonl", b'{"name":' + b"[" * 100_000 + b"\n"), "bad_line"),
        (with_lines("clients.jsonl", b'{"id":"half"}'), "changed_archive"),
    ],
)
def test_what_was_changed_is_refused(packed: bytes, code: str) -> None:
    assert told(packed) == code


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/var/voids.jsonl", "voids.jsonl/", "sub/voids.jsonl", "sign_ins.jsonl", "c:\\x"]
)
def test_a_file_that_does_not_belong_in_it_is_refused_whatever_its_name_leads_to(name: str) -> None:
    assert told(with_lines(name, b"{}\n")) == "changed_archive"


def test_a_file_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO(PACKED)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archived:
        archived.writestr("clients.jsonl", b"{}\n")
    assert told(out.getvalue()) == "changed_archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_compression_is_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archived:
        archived.writestr(MANIFEST, b"{}", method)
    assert told(out.getvalue()) == "no_archive"


def bomb(*, lying: bool) -> bytes:
    """Return a zip of 100 kB that holds 100 MB; `lying`: and says it holds next to nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archived:
        archived.writestr("clients.jsonl", bytes(100_000_000))
    packed = out.getvalue()
    return packed.replace(struct.pack("<I", 100_000_000), struct.pack("<I", 10)) if lying else packed


@pytest.mark.parametrize("lying", [False, True])
def test_a_bomb_is_refused_before_it_has_unpacked(*, lying: bool) -> None:
    packed = bomb(lying=lying)
    assert len(packed) < 400_000
    tracemalloc.start()
    try:
        assert told(packed) in ("too_large_archive", "no_archive")
        assert tracemalloc.get_traced_memory()[1] < 4 * archive.MOST_BYTES
    finally:
        tracemalloc.stop()


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_no_flipped_byte_gives_anything_but_the_archive_or_a_sentence(where: int, bits: int) -> None:
    changed = bytearray(PACKED)
    changed[where] ^= bits
    try:
        _, lines = unpack(bytes(changed), TABLES)
    except Invalid:
        return
    assert lines == {name: FILES[name] for name in TABLES}


@given(st.binary(max_size=200))
def test_no_bytes_give_anything_but_a_sentence(packed: bytes) -> None:
    with pytest.raises(Invalid):
        unpack(b"PK\x03\x04" + packed, TABLES)
