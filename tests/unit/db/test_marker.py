"""The marker of the newest state that was served: a file beside the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.db.states import Marker, StateError


def test_it_is_nothing_before_anything_was_served_and_never_goes_back(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "new" / "served-state")
    assert marker.read() == 0
    for number, said in ((3, 3), (2, 3), (10, 10)):
        marker.move(number)
        assert marker.read() == said
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["served-state"]


def test_several_move_it_at_once(tmp_path: Path) -> None:
    path = tmp_path / "served-state"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Marker(path).move(number), range(1, 60)))
    assert Marker(path).read() == 59


@pytest.mark.parametrize("content", ["", "what is this?", "1\n2\n"])
def test_what_is_none_of_ours_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "served-state"
    path.write_text(content)
    with pytest.raises(StateError, match="cannot be read"):
        Marker(path).read()
    with pytest.raises(StateError, match="cannot be read"):
        Marker(path).move(7)
    assert path.read_text() == content


def test_what_cannot_be_written_is_a_sentence_and_as_it_was(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "served-state")
    marker.move(4)
    # Where the new file would be made there is a folder.
    (tmp_path / "served-state.new").mkdir()
    with pytest.raises(StateError, match="cannot be written"):
        marker.move(5)
    assert marker.read() == 4
