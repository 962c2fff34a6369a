import hashlib
from pathlib import Path

import pytest
from obstore.store import MemoryStore
from support.media import QuickStudio, draft

from server.media.schemas import Manifest, StoredFile
from server.media.store import AudioStore, file_name, local_store

CONTENT = hashlib.shake_256(b"sound").digest(70_001)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def stored(content: bytes = CONTENT, **other: object) -> StoredFile:
    fields = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **other}
    return StoredFile(codec="aac", media_type="audio/mp4", duration_ms=1, lufs=-18.0, true_peak_db=-3.0, **fields)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AudioStore:
    return local_store(tmp_path / "audio") if request.param == "folder" else AudioStore(MemoryStore())


def put(store: AudioStore, tmp_path: Path, content: bytes = CONTENT) -> StoredFile:
    (tmp_path / "made").write_bytes(content)
    store.put_file(tmp_path / "made", stored(content))
    return stored(content)


async def test_a_file_is_kept_under_its_hash(store: AudioStore, tmp_path: Path) -> None:
    file = put(store, tmp_path)
    assert store.sizes() == {SHA256: len(CONTENT)}
    assert await store.size(SHA256) == len(CONTENT)
    assert store.has(file)


async def test_what_was_never_put_is_not_there(store: AudioStore) -> None:
    assert await store.size(SHA256) is None
    assert not store.has(stored())
    assert store.rendition(SHA256) is None
    assert await store.manifest(SHA256) is None
    assert store.sizes() == {}
    assert store.recipes() == set()


@pytest.mark.parametrize("lie", [{"sha256": "0" * 64}, {"bytes": 1}])
def test_a_file_that_is_not_what_it_says_is_refused(store: AudioStore, tmp_path: Path, lie: dict[str, object]) -> None:
    (tmp_path / "made").write_bytes(CONTENT)
    with pytest.raises(ValueError, match="differs"):
        store.put_file(tmp_path / "made", stored(**lie))
    assert store.sizes() == {}


async def test_a_file_of_a_folder_is_opened_where_it_lies(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    with pytest.raises(FileNotFoundError):
        store.open(SHA256)
    put(store, tmp_path)
    with store.open(SHA256) as file:
        assert file.read() == CONTENT


async def test_a_manifest_comes_back_as_it_was_put(store: AudioStore, tmp_path: Path) -> None:
    manifest = made(tmp_path)
    store.put_manifest(manifest)
    assert store.recipes() == {manifest.recipe}
    assert await store.manifest(manifest.recipe) == manifest
    assert store.rendition(manifest.recipe) == manifest.rendition()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"recipe": 1}', b"\xff\x00"])
async def test_a_damaged_manifest_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    store = local_store(tmp_path / "audio")
    manifest = made(tmp_path)
    store.put_manifest(manifest)
    (tmp_path / "audio" / "recipes" / f"{manifest.recipe}.json").write_bytes(damage)
    assert store.rendition(manifest.recipe) is None
    assert await store.manifest(manifest.recipe) is None


def test_in_a_folder_files_lie_in_folders_of_two_digits_and_nothing_else_counts(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    put(store, tmp_path)
    path = tmp_path / "audio" / "files" / SHA256[:2] / SHA256
    assert path.read_bytes() == CONTENT
    assert path == tmp_path / "audio" / file_name(SHA256)
    path.with_name("notes.txt").write_text("not a sound")
    path.with_name(f"{SHA256}#1").write_bytes(b"half")
    assert store.sizes() == {SHA256: len(CONTENT)}


def made(tmp_path: Path) -> Manifest:
    (tmp_path / "room").mkdir()
    studio, programme = QuickStudio(diary=tmp_path / "diary"), draft().programme
    return studio.render(programme, studio.recipe(programme), tmp_path / "room")
