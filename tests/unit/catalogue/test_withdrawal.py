"""What is withdrawn leaves everything at once, and says what replaces it (decision 0027)."""

from pathlib import Path

import pytest
from support.catalogue import ROOM, WAVE, Folder

from server.catalogue.search import Query, Searcher
from server.catalogue.service import choose, list_exercises
from server.catalogue.snapshot import Snapshot, load_snapshot
from server.kit.errors import NotFound

RECALLED = f"review: {{status: recalled, withdrawn_on: 2026-12-01, replaced_by: {WAVE}}}"


def recalled(place: Path) -> Snapshot:
    folder = Folder(place, ROOM, WAVE)
    folder.replace(f"exercises/{ROOM}/exercise.yaml", "review: {status: draft}", RECALLED)
    assert "C17" not in folder.rules()
    return load_snapshot(folder.path)


def test_a_recalled_exercise_is_in_no_list_and_cannot_be_read(tmp_path: Path) -> None:
    snapshot = recalled(tmp_path)
    assert [each.slug for each in list_exercises(snapshot, Searcher(snapshot), Query(locale="en")).items] == [WAVE]
    with pytest.raises(NotFound):
        choose(snapshot, ROOM, "en")
    assert [each.slug for each in snapshot.recalled] == [ROOM]


def test_its_tombstone_says_since_when_and_what_replaces_it_for_every_version(tmp_path: Path) -> None:
    graveyard = recalled(tmp_path).graveyard
    found = graveyard.of(ROOM, 1)
    assert found is not None
    assert (found.reason, str(found.withdrawn_on), found.replaced_by) == ("recalled", "2026-12-01", WAVE)
    assert graveyard.of(ROOM, 7) == found
    assert graveyard.of(WAVE, 1) is None


def test_a_recall_is_another_version_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    before = load_snapshot(Folder(tmp_path / "before", ROOM, WAVE).path)
    assert before.version != recalled(tmp_path / "after").version


def test_a_recalled_version_is_replaced_by_the_exercise_itself(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM, WAVE)
    text = "content_version: 3\nrecalled_versions: [1]"
    folder.replace(f"exercises/{ROOM}/exercise.yaml", "content_version: 1", text)
    snapshot = load_snapshot(folder.path)
    found = snapshot.graveyard.of(ROOM, 1)
    assert found is not None
    assert (found.version, found.replaced_by, ROOM in snapshot.exercises) == (1, ROOM, True)
    assert [snapshot.graveyard.of(ROOM, version) for version in (2, 3)] == [None, None]


def test_a_starter_set_that_names_it_leaves_with_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path, ROOM, WAVE).with_sets()
    assert load_snapshot(folder.path).starter_sets
    folder.replace("exercises/land-now/exercise.yaml", "review: {status: draft}", RECALLED)
    assert not load_snapshot(folder.path).starter_sets
