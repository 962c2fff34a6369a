from datetime import UTC, datetime
from pathlib import Path

import msgspec
from support.media import QuickStudio, draft

from server.media.renditions import Renditions
from server.media.schemas import Manifest, Rendition
from server.media.store import AudioStore, file_name, local_store


class Now:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def rendered(folder: Path, store: AudioStore, take: int = 1) -> Manifest:
    studio, programme = QuickStudio(diary=folder / "diary", take=take), draft().programme
    manifest = studio.render(programme, studio.recipe(programme), folder)
    for file in manifest.files:
        store.put_file(folder / file.sha256, file)
    store.put_manifest(manifest)
    return manifest


def loaded(store: AudioStore) -> Renditions:
    renditions = Renditions(store)
    renditions.load()
    return renditions


def test_what_is_whole_is_ready(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    manifest = rendered(tmp_path, store)
    renditions = loaded(store)
    assert renditions.ready(manifest.recipe) == manifest.rendition()
    assert renditions.latest(manifest.score) == manifest.rendition()
    assert renditions.file(manifest.files[0].sha256) == manifest.files[0]
    assert len(renditions) == 1


def test_what_was_never_rendered_is_unknown(tmp_path: Path) -> None:
    renditions = loaded(local_store(tmp_path / "audio"))
    assert renditions.ready("0" * 64) is None
    assert renditions.latest("0" * 64) is None
    assert renditions.file("0" * 64) is None


def test_a_missing_file_is_noticed_at_the_start(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    manifest = rendered(tmp_path, store)
    (tmp_path / "audio" / file_name(manifest.files[1].sha256)).unlink()
    assert loaded(store).ready(manifest.recipe) is None
    assert loaded(store).latest(manifest.score) is None


def test_a_truncated_file_is_noticed_at_the_start(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    manifest = rendered(tmp_path, store)
    path = tmp_path / "audio" / file_name(manifest.files[1].sha256)
    path.write_bytes(path.read_bytes()[:-1])
    assert loaded(store).ready(manifest.recipe) is None


def test_a_lost_file_makes_its_rendition_not_ready_until_it_is_made_again(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    manifest = rendered(tmp_path, store)
    renditions = loaded(store)
    assert renditions.lose(manifest.files[0].sha256) == {manifest.recipe}
    assert renditions.ready(manifest.recipe) is None
    renditions.add(manifest.rendition())
    assert renditions.ready(manifest.recipe) is not None


def test_of_two_renditions_of_the_same_words_the_younger_is_offered(tmp_path: Path) -> None:
    store = local_store(tmp_path / "audio")
    old = rendered(tmp_path, store, take=1)
    new = rendered(tmp_path, store, take=2)
    assert loaded(store).latest(old.score) == new.rendition()
    renditions = loaded(store)
    renditions.add(at(old.rendition(), 2999))
    assert renditions.latest(old.score).recipe == old.recipe


async def test_what_another_process_rendered_is_found_at_most_once_a_second(tmp_path: Path) -> None:
    store, now = local_store(tmp_path / "audio"), Now()
    renditions = Renditions(store, now)
    renditions.load()
    await renditions.look_again()
    manifest = rendered(tmp_path, store)
    now.s = 0.9
    await renditions.look_again()
    assert renditions.ready(manifest.recipe) is None
    now.s = 1.0
    await renditions.look_again()
    assert renditions.ready(manifest.recipe) is not None


def at(rendition: Rendition, year: int) -> Rendition:
    return msgspec.structs.replace(rendition, rendered_at=datetime(year, 1, 1, tzinfo=UTC))
